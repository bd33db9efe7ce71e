using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// Scores events with snapshots. Owns its scratch: one per owner, not thread-safe, 0 bytes allocated per event while the model's
/// description stays the same. A score depends on the snapshot and the event alone.
/// </summary>
public sealed class EnergyScorer
{
    /// <summary>Smallest interquartile range by which energies are divided.</summary>
    public const double SmallestRange = 1e-3;

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
        var (energy, live) = Live(snapshot, features, memberEnergies);
        if (snapshot.Anchor is not { } anchor || snapshot.AnchorWeight == 0) return new EnergyScore(energy, live, live);
        var (_, anchored) = Live(anchor, features, []);
        return new EnergyScore(energy, live, ((1 - snapshot.AnchorWeight) * live) + (snapshot.AnchorWeight * anchored));
    }

    /// <summary>One member's contribution to the live score.</summary>
    internal static double Standardized(double energy, double median, double range)
    {
        var u = (energy - median) / Math.Max(range, SmallestRange);
        return Math.CopySign(Math.Log(1 + Math.Min(Math.Abs(u), double.MaxValue)), u);
    }

    private (double Energy, double Live) Live(ModelSnapshot snapshot, ReadOnlySpan<float> features, Span<double> memberEnergies)
    {
        var spec = snapshot.Layout.Spec;
        Prepare(spec);
        if (features.Length != spec.Features)
            throw new ArgumentException($"the event has {features.Length} features; the model has {spec.Features}", nameof(features));
        snapshot.Scaler.Transform(features, _scaled);
        var (kernels, energies, live) = (snapshot.Kernels, 0.0, 0.0);
        for (var m = 0; m < kernels.Length; m++)
        {
            var member = snapshot.Members[m];
            var energy = Bounded(kernels[m].Energy(_scaled, _buffers!));
            if (!memberEnergies.IsEmpty) memberEnergies[m] = energy;
            energies += energy / kernels.Length;
            live += Standardized(energy, member.EnergyMedian, member.EnergyRange) / kernels.Length;
        }

        return (energies, snapshot.ScoreKind == ScoreKind.Energy ? energies : live);
    }

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
