using System.Runtime.InteropServices;
using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Modeling.Streaming;

/// <summary>The most recent rejected events, oldest first: learned when they turn out to be a new regime, else forgotten.</summary>
internal sealed class Quarantine
{
    private readonly int _capacity;
    private readonly int _features;
    private readonly List<float> _rows = [];

    public Quarantine(int capacity, int features) => (_capacity, _features) = (capacity, features);

    public int Count => _rows.Count / _features;

    public void Add(ReadOnlySpan<float> row)
    {
        // Half at a time: moving the rest is then rare.
        if (Count == _capacity) Keep(_capacity / 2);
        _rows.AddRange(row);
    }

    /// <summary>Forgets all but the newest.</summary>
    public void Keep(int count)
    {
        if (Count > count) _rows.RemoveRange(0, (Count - count) * _features);
    }

    /// <summary>Takes all events out [count, d].</summary>
    public float[] Drain()
    {
        float[] rows = [.. _rows];
        _rows.Clear();
        return rows;
    }

    public void Write(CheckpointWriter writer) => writer.Write((ReadOnlySpan<float>)CollectionsMarshal.AsSpan(_rows));

    public static Quarantine Read(CheckpointReader reader, int capacity, int features)
    {
        var quarantine = new Quarantine(capacity, features);
        var rows = reader.ReadSingles();
        if (rows.Length % features != 0 || rows.Length / features > capacity
            || rows.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
        {
            throw CheckpointReader.Malformed(
                $"{rows.Length} quarantined values do not fit {capacity} rows of {features}, or are not finite");
        }

        quarantine._rows.AddRange(rows);
        return quarantine;
    }
}
