using System.Collections.Immutable;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Grains.Training;

/// <summary>Remembers training steps for people to look at: when it is full, every second one goes, and half as many are added.</summary>
internal sealed class TrainingHistory
{
    /// <summary>Most steps that are kept: what a chart can show.</summary>
    public const int Capacity = 256;

    private readonly List<TrainingPoint> _points = [];
    private TrainingPoint? _newest;
    private long _seen;
    private long _stride = 1;

    /// <summary>Number of the newest step; 0 without one.</summary>
    public long NewestStep => _newest?.Step ?? 0;

    /// <summary>What is kept over a restart.</summary>
    public TrainingHistoryState State => new() { Points = Points(), Stride = _stride };

    /// <summary>Goes on from what was kept, up to where learning stands: what a crash or another model has undone is left out.</summary>
    /// <param name="state">What was kept.</param>
    /// <param name="offset">Events below it are learned.</param>
    /// <param name="steps">Steps so far.</param>
    public void Restore(TrainingHistoryState state, long offset, long steps)
    {
        var points = state.Points.IsDefault ? [] : state.Points;
        _points.AddRange(points.Where(point => point.Offset <= offset && point.Step <= steps).Take(Capacity));
        _stride = Math.Max(1, state.Stride);
        if (_points.Count > 0) _newest = _points[^1];
    }

    /// <summary>Adds what learning one chunk has changed.</summary>
    /// <param name="report">The change.</param>
    /// <param name="offset">One past the chunk's last offset.</param>
    public void Add(LearnReport report, long offset)
    {
        // A step that was skipped has no finite terms: it is counted elsewhere.
        if (report.LastStep is not { Applied: true } step) return;
        var point = new TrainingPoint(
            offset, report.Steps, step.Objective, step.Reconstruction, step.Energy, step.Penalty, report.Snapshot?.Version ?? 0,
            Shares(report.Snapshot));
        _newest = point;
        if (_seen++ % _stride != 0) return;
        if (_points.Count >= Capacity) Thin();
        _points.Add(point);
    }

    /// <summary>What is kept, oldest first.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="members">Members M.</param>
    /// <param name="components">Components K.</param>
    public TrainingCurve Read(PartitionId partition, int members, int components) =>
        new() { Partition = partition, Members = members, Components = components, Points = Points() };

    private ImmutableArray<TrainingPoint> Points() =>
        _newest is not { } newest || (_points.Count > 0 && _points[^1].Step == newest.Step) ? [.. _points] : [.. _points, newest];

    private void Thin()
    {
        for (var i = 0; i < Capacity / 2; i++) _points[i] = _points[2 * i];
        _points.RemoveRange(Capacity / 2, Capacity / 2);
        _stride *= 2;
    }

    private static ImmutableArray<float> Shares(ModelSnapshot? snapshot)
    {
        var shares = ImmutableArray.CreateBuilder<float>();
        foreach (var member in snapshot?.Members ?? [])
            foreach (var share in member.Mixture.LogShares) shares.Add((float)Math.Exp(share));
        return shares.ToImmutable();
    }
}
