using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Modeling.Streaming;

/// <summary>
/// The events a model is published on: one half the most recent ones, the other a uniform reservoir (Vitter 1985, algorithm R) of those
/// that have left the recent half; until it is full, all. A compact float buffer that grows to its bound with use.
/// </summary>
public sealed class LearningWindow
{
    private const int InitialRows = 256;

    private float[] _rows;
    private int _oldestRecent;

    /// <summary>Creates an empty window.</summary>
    /// <param name="capacity">Rows, at least 2.</param>
    /// <param name="features">Features d per row.</param>
    /// <param name="seed">Key of the reservoir's choices.</param>
    public LearningWindow(int capacity, int features, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        Capacity = capacity;
        Features = features;
        Seed = seed;
        _rows = new float[Math.Min(capacity, InitialRows) * features];
    }

    /// <summary>Most rows kept.</summary>
    public int Capacity { get; }

    /// <summary>Features d per row.</summary>
    public int Features { get; }

    /// <summary>Rows kept.</summary>
    public int Count { get; private set; }

    /// <summary>Rows ever added.</summary>
    public long Seen { get; private set; }

    /// <summary>The rows kept [<see cref="Count"/>, d], row-major, in no particular order.</summary>
    public ReadOnlySpan<float> Rows => _rows.AsSpan(0, Count * Features);

    private ulong Seed { get; }

    private int ReservoirRows => Capacity / 2;

    /// <summary>One row kept.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <returns>The row [d].</returns>
    public ReadOnlySpan<float> Row(int index) => _rows.AsSpan(index * Features, Features);

    /// <summary>Adds the newest event.</summary>
    /// <param name="row">The event [d].</param>
    /// <exception cref="ArgumentException">The row has another number of features.</exception>
    public void Add(ReadOnlySpan<float> row)
    {
        if (row.Length != Features)
            throw new ArgumentException($"the row has {row.Length} features; the window has {Features}", nameof(row));
        Seen++;
        if (Count < Capacity)
        {
            Grow(Count + 1);
            row.CopyTo(_rows.AsSpan(Count++ * Features));
            return;
        }

        var recent = _rows.AsSpan((ReservoirRows + _oldestRecent) * Features, Features);
        _oldestRecent = (_oldestRecent + 1) % (Capacity - ReservoirRows);
        var left = Seen - (Capacity - ReservoirRows);
        var random = new CounterRandom(Seed, RandomPurpose.Reservoir, (ulong)Seen);
        var slot = (long)(random.NextDouble() * left);
        if (slot < ReservoirRows) recent.CopyTo(_rows.AsSpan((int)slot * Features));
        row.CopyTo(recent);
    }

    /// <summary>
    /// One of several windows into which the rows of this one are dealt in turn, the oldest first: of the reservoir, which is uniform, and
    /// of the recent rows every one has its share. Where there is no room for a share its oldest rows leave, as they would have.
    /// </summary>
    /// <param name="capacity">Rows of the part.</param>
    /// <param name="seed">Key of its reservoir's choices.</param>
    /// <param name="seen">Rows that it stands for, if it is full: its share of <see cref="Seen"/>.</param>
    /// <param name="part">Number of the part, from 0.</param>
    /// <param name="parts">How many there are.</param>
    internal LearningWindow Deal(int capacity, ulong seed, long seen, int part, int parts)
    {
        var window = new LearningWindow(capacity, Features, seed);
        var (ring, isFull) = (Capacity - ReservoirRows, Count == Capacity);
        for (var i = part; i < Count; i += parts)
            window.Add(Row(isFull && i >= ReservoirRows ? ReservoirRows + ((i - ReservoirRows + _oldestRecent) % ring) : i));
        if (window.Count == capacity) window.Seen = Math.Max(seen, capacity);
        return window;
    }

    /// <summary>Writes the window.</summary>
    /// <param name="writer">Where to.</param>
    public void Write(CheckpointWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Seen);
        writer.Write(_oldestRecent);
        writer.Write(Rows);
    }

    /// <summary>Reads a window.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="capacity">Rows.</param>
    /// <param name="features">Features d per row.</param>
    /// <param name="seed">Key of the reservoir's choices.</param>
    /// <returns>The window.</returns>
    /// <exception cref="CheckpointException">The rows do not fit the shape.</exception>
    public static LearningWindow Read(CheckpointReader reader, int capacity, int features, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var window = new LearningWindow(capacity, features, seed) { Seen = reader.ReadInt64(), _oldestRecent = reader.ReadInt32() };
        var rows = reader.ReadSingles();
        if (rows.Length % features != 0 || rows.Length / features > capacity)
            throw CheckpointReader.Malformed($"window of {rows.Length} values does not fit {capacity} rows of {features} features");
        window.Count = rows.Length / features;
        var isFull = window.Count == capacity;
        if (isFull ? window.Seen < capacity : window.Seen != window.Count)
            throw CheckpointReader.Malformed($"a window of {window.Count} rows cannot have seen {window.Seen}");
        if ((uint)window._oldestRecent >= (uint)(capacity - window.ReservoirRows) || (!isFull && window._oldestRecent != 0))
            throw CheckpointReader.Malformed($"{window._oldestRecent} is no place of the window's oldest recent row");
        if (rows.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            throw CheckpointReader.Malformed("the window has a value that is not finite");
        window.Grow(window.Count);
        rows.CopyTo(window._rows, 0);
        return window;
    }

    private void Grow(int rows)
    {
        var allocated = _rows.Length / Features;
        if (rows <= allocated) return;
        while (allocated < rows) allocated = Math.Min(Capacity, allocated * 2);
        Array.Resize(ref _rows, allocated * Features);
    }
}
