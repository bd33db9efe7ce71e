using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Scoring;

namespace DagmmStream.Modeling.Streaming;

/// <summary>
/// Chooses the anchor: an older snapshot that cannot be taught what happens now, renewed as the stream grows, and trusted as long as it
/// does not reject what the newest snapshot finds ordinary.
/// </summary>
internal sealed class AnchorKeeper(LearnerOptions options)
{
    private long _renewedAt;
    private double _rejections;
    private bool _isDue;
    private bool _isHeld;

    /// <summary>Share of its full weight that the anchor deserves.</summary>
    public double Trust => _isHeld ? 1 : Math.Clamp(
        1 - ((_rejections - options.AnchorFresh) / (options.AnchorStale - options.AnchorFresh)), options.AnchorFloor, 1);

    /// <summary>Adds the anchor's judgement of an event that the newest snapshot finds ordinary.</summary>
    public void Add(bool isRejected) => _rejections += ((isRejected ? 1 : 0) - _rejections) / options.AnchorHorizon;

    /// <summary>
    /// After a regime was accepted. One that has outlasted its history renews the anchor. One that broke in may still be a fault: until
    /// the anchor is renewed it is trusted in full, although it rejects the new.
    /// </summary>
    public void RegimeAccepted(DriftKind kind) => (_isDue, _isHeld) = (kind == DriftKind.Accepted, kind == DriftKind.Broken);

    /// <summary>The anchor of the snapshot that is published next.</summary>
    /// <param name="current">The snapshot that stands; null before the first.</param>
    /// <param name="accepted">Events accepted.</param>
    /// <param name="mayRenew">False while a drift is not understood.</param>
    /// <returns>The anchor; null before the first snapshot.</returns>
    public ModelSnapshot? Next(ModelSnapshot? current, long accepted, bool mayRenew)
    {
        if (current is null) return null;
        var isGrown = accepted >= options.AnchorGrowth * _renewedAt;
        if (current.Anchor is { } anchor && !_isDue && !(mayRenew && isGrown)) return anchor;
        (_renewedAt, _rejections, _isDue, _isHeld) = (accepted, 0, false, false);
        return current.WithoutAnchor();
    }

    /// <summary>
    /// What several partitions say, by their rows: the mean of the rejections; renewed or held as soon as one of them asks for it.
    /// </summary>
    public static AnchorKeeper Merge(AnchorKeeper left, long leftRows, AnchorKeeper right, long rightRows)
    {
        var merged = left.Clone();
        var share = leftRows + rightRows == 0 ? 0.5 : (double)rightRows / (leftRows + rightRows);
        merged._renewedAt = Math.Max(left._renewedAt, right._renewedAt);
        merged._rejections = left._rejections + (share * (right._rejections - left._rejections));
        (merged._isDue, merged._isHeld) = (left._isDue || right._isDue, left._isHeld || right._isHeld);
        return merged;
    }

    /// <summary>Goes on in a stream that counts fewer events than the anchor is old.</summary>
    /// <param name="accepted">Events that it counts.</param>
    public void Rebase(long accepted) => _renewedAt = Math.Min(_renewedAt, accepted);

    /// <summary>A copy that changes by itself.</summary>
    public AnchorKeeper Clone() => (AnchorKeeper)MemberwiseClone();

    public void Write(CheckpointWriter writer)
    {
        writer.Write(_renewedAt);
        writer.Write(_rejections);
        writer.Write(_isDue);
        writer.Write(_isHeld);
    }

    public static AnchorKeeper Read(CheckpointReader reader, LearnerOptions options)
    {
        var keeper = new AnchorKeeper(options)
        {
            _renewedAt = reader.ReadInt64(), _rejections = reader.ReadDouble(), _isDue = reader.ReadBoolean(),
            _isHeld = reader.ReadBoolean(),
        };
        if (keeper._renewedAt < 0 || !(keeper._rejections >= 0 && keeper._rejections <= 1))
            throw CheckpointReader.Malformed($"an anchor renewed at {keeper._renewedAt} that rejects {keeper._rejections} is impossible");
        return keeper;
    }
}
