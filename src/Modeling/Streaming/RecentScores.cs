using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Modeling.Streaming;

/// <summary>
/// The scores of the most recent events, taken before they were learned and whatever the guard said, but not while a drift is suspected:
/// what p-values and the guard are measured against.
/// The window's own scores would be optimistic twice, by what the model has learned and by what the guard kept out.
/// </summary>
internal sealed class RecentScores
{
    private readonly int _capacity;
    private double[] _scores;
    private int _next;

    public RecentScores(int capacity) => (_capacity, _scores) = (capacity, new double[Math.Min(capacity, 256)]);

    /// <summary>Scores kept.</summary>
    public int Count { get; private set; }

    /// <summary>The scores, in no particular order.</summary>
    public ReadOnlySpan<double> Values => _scores.AsSpan(0, Count);

    /// <summary>The newest scores, in no particular order.</summary>
    /// <param name="count">At most so many.</param>
    public double[] Newest(int count)
    {
        if (count >= Count) return Values.ToArray();
        // The newest stands before the next place; until all are filled that is the end.
        var (newest, end) = (new double[count], Count < _capacity ? Count : _next);
        for (var i = 0; i < count; i++) newest[i] = _scores[(end - 1 - i + Count) % Count];
        return newest;
    }

    public void Add(double score)
    {
        if (Count == _scores.Length && Count < _capacity) Array.Resize(ref _scores, Math.Min(_capacity, Count * 2));
        if (Count < _capacity)
        {
            _scores[Count++] = score;
            return;
        }

        _scores[_next] = score;
        _next = (_next + 1) % _capacity;
    }

    public void Clear() => (Count, _next) = (0, 0);

    public void Write(CheckpointWriter writer)
    {
        writer.Write(_next);
        writer.Write(Values);
    }

    public static RecentScores Read(CheckpointReader reader, int capacity)
    {
        var recent = new RecentScores(capacity) { _next = reader.ReadInt32() };
        var values = reader.ReadDoubles();
        if (values.Length > capacity || (uint)recent._next >= (uint)capacity
            || values.AsSpan().ContainsAnyExceptInRange(double.MinValue, double.MaxValue))
            throw CheckpointReader.Malformed($"{values.Length} recent scores do not fit {capacity}, or are not finite");
        if (values.Length < capacity && recent._next != 0)
            throw CheckpointReader.Malformed($"{values.Length} of {capacity} recent scores cannot have wrapped round to {recent._next}");
        foreach (var value in values) recent.Add(value);
        return recent;
    }
}
