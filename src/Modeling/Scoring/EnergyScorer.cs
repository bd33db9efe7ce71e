using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// Scores events with snapshots. Owns its scratch: one per owner, not thread-safe, 0 bytes allocated per event while the model's
/// description stays the same. A score depends on the snapshot and the event alone.
/// </summary>
public sealed class EnergyScorer
{
    /// <summary>Smallest interquartile range by which energies are divided.</summary>
    public const double SmallestRange = 1e-3;

    // Fewer are scored faster one by one.
    private const int FewEvents = 8;
    private static readonly WorkspacePool<BatchBuffers> Pool = new();
    private ModelSpec? _spec;
    private EventBuffers? _buffers;
    private float[] _scaled = [];

    /// <summary>Scores one event.</summary>
    /// <param name="snapshot">The published model.</param>
    /// <param name="features">Raw features [d], finite.</param>
    /// <returns>Finite energy and scores.</returns>
    /// <exception cref="ArgumentException">The number of features differs from the model's.</exception>
    public EnergyScore Score(ModelSnapshot snapshot, ReadOnlySpan<float> features) => Score(snapshot, features, []);

    /// <summary>Scores one event and gives each member's energy.</summary>
    /// <param name="snapshot">The published model.</param>
    /// <param name="features">Raw features [d], finite.</param>
    /// <param name="memberEnergies">Receives the energies [M]; empty for none.</param>
    /// <returns>Finite energy and scores.</returns>
    /// <exception cref="ArgumentException">The number of features differs from the model's.</exception>
    public EnergyScore Score(ModelSnapshot snapshot, ReadOnlySpan<float> features, Span<double> memberEnergies)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var score = Live(snapshot, features, memberEnergies);
        if (snapshot.Anchor is not { } anchor || snapshot.AnchorWeight == 0) return score;
        var anchored = Live(anchor, features, []).Live;
        return score with
        {
            Score = ((1 - snapshot.AnchorWeight) * score.Live) + (snapshot.AnchorWeight * anchored), Anchored = anchored,
        };
    }

    /// <summary>
    /// Scores events, 64 at a time: many times faster than one by one, and the same bits. 0 bytes allocated but when a thread first
    /// comes, or with a larger model.
    /// </summary>
    /// <param name="snapshot">The published model.</param>
    /// <param name="rows">Raw features [count, d], row-major, finite.</param>
    /// <param name="count">Events.</param>
    /// <param name="scores">Receives the scores [count].</param>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Score(ModelSnapshot snapshot, ReadOnlySpan<float> rows, int count, Span<EnergyScore> scores)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var features = snapshot.Layout.Spec.Features;
        if (rows.Length < (long)count * features)
            throw new ArgumentException($"{rows.Length} values are fewer than {count} events of {features} features", nameof(rows));
        if (scores.Length < count) throw new ArgumentException($"{scores.Length} places for {count} scores", nameof(scores));
        var (at, buffers) = (0, Pool.Rent());
        try
        {
            for (; count - at >= FewEvents; at += ScoringTile.Rows)
            {
                var inTile = Math.Min(ScoringTile.Rows, count - at);
                ScoreTile(snapshot, buffers, rows.Slice(at * features, inTile * features), inTile, scores[at..]);
                if (inTile < ScoringTile.Rows) return;
            }
        }
        finally
        {
            Pool.Return(buffers);
        }

        for (; at < count; at++) scores[at] = Score(snapshot, rows.Slice(at * features, features));
    }

    /// <summary>One member's contribution to the live score: sign(u) log(1 + |u|).</summary>
    internal static double Standardized(double energy, double median, double range) =>
        Standardized(Vector512.Create(energy), median, range).ToScalar();

    /// <summary>Adds the contributions of one member to the live scores, each divided by the number of members.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void AddStandardized(ReadOnlySpan<double> energies, double median, double range, int members, Span<double> live)
    {
        var (i, lanes) = (0, Vector512<double>.Count);
        for (; i + lanes <= live.Length; i += lanes)
        {
            var part = Standardized(Bounded(Vector512.Create(energies.Slice(i, lanes))), median, range);
            (Vector512.Create<double>(live.Slice(i, lanes)) + (part / (double)members)).CopyTo(live[i..]);
        }

        for (; i < live.Length; i++) live[i] += Standardized(Bounded(energies[i]), median, range) / members;
    }

    /// <summary>Mixes other evidence into the live scores: (1 - weight) live + weight sign(u) log(1 + |u|).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void MixStandardized(ReadOnlySpan<double> evidence, double median, double range, double weight, Span<double> live)
    {
        var (i, lanes) = (0, Vector512<double>.Count);
        for (; i + lanes <= live.Length; i += lanes)
        {
            var part = Standardized(Vector512.Create(evidence.Slice(i, lanes)), median, range);
            (((1 - weight) * Vector512.Create<double>(live.Slice(i, lanes))) + (weight * part)).CopyTo(live[i..]);
        }

        for (; i < live.Length; i++) live[i] = ((1 - weight) * live[i]) + (weight * Standardized(evidence[i], median, range));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<double> Standardized(Vector512<double> energy, double median, double range)
    {
        var u = (energy - Vector512.Create(median)) / Vector512.Create(Math.Max(range, SmallestRange));
        var size = Vector512.Min(Vector512.Abs(u), Vector512.Create(double.MaxValue));
        return Vector512.CopySign(VectorMath.Log(Vector512<double>.One + size), u);
    }

    private static Vector512<double> Bounded(Vector512<double> energy) => Vector512.ConditionalSelect(
        Vector512.LessThanOrEqual(Vector512.Abs(energy), Vector512.Create(double.MaxValue)), energy, Vector512.Create(double.MaxValue));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScoreTile(
        ModelSnapshot snapshot, BatchBuffers buffers, ReadOnlySpan<float> rows, int count, Span<EnergyScore> scores)
    {
        LiveTile(snapshot, buffers, rows, count, buffers.Live);
        var (isAnchored, weight) = (snapshot.Anchor is not null && snapshot.AnchorWeight != 0, snapshot.AnchorWeight);
        for (var i = 0; i < count; i++)
        {
            scores[i] = new EnergyScore(buffers.Energies[i], buffers.Live[i], buffers.Live[i])
            {
                Reconstruction = Reconstruction(snapshot, buffers.Reconstruction[i]),
            };
        }

        if (!isAnchored) return;
        LiveTile(snapshot.Anchor!, buffers, rows, count, buffers.Anchored);
        for (var i = 0; i < count; i++)
        {
            var (live, anchored) = (buffers.Live[i], buffers.Anchored[i]);
            scores[i] = scores[i] with { Score = ((1 - weight) * live) + (weight * anchored), Anchored = anchored };
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void LiveTile(
        ModelSnapshot snapshot, BatchBuffers buffers, ReadOnlySpan<float> rows, int count, Span<double> live)
    {
        var kernels = snapshot.Kernels;
        buffers.Prepare(snapshot.Layout.Spec);
        buffers.Tile.Activate(count);
        WindowWorkspace.Load(rows, snapshot.Scaler, count, buffers.Scaled);
        var energies = buffers.Energies.AsSpan();
        energies.Clear();
        live.Clear();
        buffers.Reconstruction.AsSpan().Clear();
        var own = new Span<double>(buffers.MemberEnergies, ScoringTile.Rows);
        for (var m = 0; m < kernels.Length; m++)
        {
            kernels[m].Energies(buffers.Tile, buffers.Scaled, buffers.Z, buffers.Shares, buffers.MemberEnergies, buffers.Reconstruction);
            var member = snapshot.Members[m];
            for (var i = 0; i < energies.Length; i++) energies[i] += Bounded(own[i]) / kernels.Length;
            if (snapshot.ScoreKind == ScoreKind.LogStandardized)
                AddStandardized(own, member.EnergyMedian, member.EnergyRange, kernels.Length, live);
        }

        if (snapshot.ScoreKind == ScoreKind.Energy)
        {
            energies.CopyTo(live);
            return;
        }

        snapshot.History?.Mix(live[..count], rows);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private EnergyScore Live(ModelSnapshot snapshot, ReadOnlySpan<float> features, Span<double> memberEnergies)
    {
        var spec = snapshot.Layout.Spec;
        Prepare(spec);
        if (features.Length != spec.Features)
            throw new ArgumentException($"the event has {features.Length} features; the model has {spec.Features}", nameof(features));
        snapshot.Scaler.Transform(features, _scaled);
        var (kernels, energies, live, reconstruction) = (snapshot.Kernels, 0.0, 0.0, 0.0);
        for (var m = 0; m < kernels.Length; m++)
        {
            var member = snapshot.Members[m];
            var energy = Bounded(kernels[m].Energy(_scaled, _buffers!, out var distance));
            reconstruction += distance;
            if (!memberEnergies.IsEmpty) memberEnergies[m] = energy;
            energies += energy / kernels.Length;
            if (snapshot.ScoreKind == ScoreKind.LogStandardized)
                live += Standardized(energy, member.EnergyMedian, member.EnergyRange) / kernels.Length;
        }

        if (snapshot.ScoreKind == ScoreKind.Energy) live = energies;
        else if (snapshot.History is { } history) live = history.Mix(live, features);
        return new EnergyScore(energies, live, live) { Reconstruction = Reconstruction(snapshot, reconstruction) };
    }

    private static double Reconstruction(ModelSnapshot snapshot, double sum) =>
        snapshot.Layout.Spec.StandardizeLatent && double.IsFinite(sum) ? sum / snapshot.Kernels.Length : double.NaN;

    // Weights that overflow on an extreme event explain nothing: the event is as anomalous as can be.
    internal static double Bounded(double energy) => double.IsFinite(energy) ? energy : double.MaxValue;

    private void Prepare(ModelSpec spec)
    {
        // Snapshots read from bytes bring descriptions of their own; scratch depends on what they say alone.
        if (ReferenceEquals(spec, _spec)) return;
        if (_spec is null || !_spec.Equals(spec)) (_buffers, _scaled) = (new EventBuffers(spec), new float[spec.Features]);
        _spec = spec;
    }
}
