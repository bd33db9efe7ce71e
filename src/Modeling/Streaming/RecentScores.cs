using System.Runtime.InteropServices;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Streaming;

/// <summary>
/// The scores of the most recent events, taken before they were learned and whatever the guard said, but not while a drift is suspected:
/// what p-values and the guard are measured against. The window's own scores would be optimistic twice, by what the model has learned and
/// by what the guard kept out.
/// Two generations of sketches: the older is dropped when the newer is complete, so that between one and two generations are remembered.
/// </summary>
internal sealed class RecentScores
{
    // Of the stream so far: together the generations are its newest quarter to half. What the model gave when its window was much smaller
    // has a shorter tail.
    private const int GenerationsOfStream = 4;
    private readonly List<double> _pending = [];
    private QuantileDigest _older = QuantileDigest.Empty;
    private QuantileDigest _newer = QuantileDigest.Empty;

    /// <summary>Scores remembered.</summary>
    public double Count => _older.Count + _newer.Count + _pending.Count;

    /// <summary>The sketch of all of them that were folded.</summary>
    public QuantileDigest Digest => QuantileDigest.Merge(_older, _newer);

    /// <summary>Remembers a score; it is in the sketch from the next <see cref="Fold"/> on.</summary>
    public void Add(double score) => _pending.Add(score);

    /// <summary>Ends a chunk.</summary>
    /// <param name="seen">Events of the stream so far.</param>
    /// <param name="options">How many scores a generation has.</param>
    public void Fold(long seen, LearnerOptions options)
    {
        if (_pending.Count == 0) return;
        _newer = QuantileDigest.Merge(_newer, QuantileDigest.Of(CollectionsMarshal.AsSpan(_pending)));
        _pending.Clear();
        // Partitions are calibrated together.
        var smallest = Math.Max(1, options.CalibrationMinimum / options.Partitions);
        var generation = Math.Clamp(seen / GenerationsOfStream, smallest, Math.Max(smallest, options.CalibrationCount / 2));
        if (_newer.Count >= generation) (_older, _newer) = (_newer, QuantileDigest.Empty);
    }

    /// <summary>Leaves out the scores of a chunk.</summary>
    public void Forget() => _pending.Clear();

    /// <summary>One of several parts that together are these.</summary>
    public RecentScores Deal(int part, int parts) => new() { _older = _older.Deal(part, parts), _newer = _newer.Deal(part, parts) };

    public void Clear()
    {
        _pending.Clear();
        (_older, _newer) = (QuantileDigest.Empty, QuantileDigest.Empty);
    }

    /// <summary>Writes the sketches; at the end of a chunk nothing else is there.</summary>
    public void Write(CheckpointWriter writer)
    {
        _older.Write(writer);
        _newer.Write(writer);
    }

    public static RecentScores Read(CheckpointReader reader)
    {
        if (reader.Version > 1)
            return new RecentScores { _older = QuantileDigest.Read(reader), _newer = QuantileDigest.Read(reader) };
        // Version 1 kept the scores themselves, and the place of the oldest.
        var (oldest, scores) = (reader.ReadInt32(), reader.ReadDoubles());
        if ((uint)oldest > (uint)scores.Length || scores.AsSpan().ContainsAnyExceptInRange(double.MinValue, double.MaxValue))
            throw CheckpointReader.Malformed($"{scores.Length} recent scores, the oldest at {oldest}, are impossible");
        return new RecentScores { _older = QuantileDigest.Of(scores) };
    }
}
