using DagmmStream.Modeling.Network;
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

    private ParameterLayout? _layout;
    private MemberNetwork<float>? _network;
    private float[] _scaled = [];
    private double[] _latent = [];
    private double[] _scratch = [];

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
        Prepare(snapshot.Layout);
        var spec = snapshot.Layout.Spec;
        if (features.Length != spec.Features)
            throw new ArgumentException($"the event has {features.Length} features; the model has {spec.Features}", nameof(features));
        snapshot.Scaler.Transform(features, _scaled);
        var (energies, live) = (0.0, 0.0);
        for (var m = 0; m < snapshot.Members.Length; m++)
        {
            var weights = snapshot.Weights.Span.Slice(m * snapshot.Layout.MemberLength, snapshot.Layout.MemberLength);
            var member = snapshot.Members[m];
            _network!.Encode(weights, spec.Members[m], _scaled, _latent);
            if (spec.StandardizeLatent)
                for (var j = 0; j < _latent.Length; j++) _latent[j] = (_latent[j] - member.LatentMean[j]) / member.LatentDeviation[j];
            var energy = Bounded(member.Mixture.Energy(_latent, _scratch));
            if (!memberEnergies.IsEmpty) memberEnergies[m] = energy;
            energies += energy / snapshot.Members.Length;
            live += Standardized(energy, member.EnergyMedian, member.EnergyRange) / snapshot.Members.Length;
        }

        return (energies, snapshot.ScoreKind == ScoreKind.Energy ? energies : live);
    }

    // Weights that overflow on an extreme event explain nothing: the event is as anomalous as can be.
    internal static double Bounded(double energy) => double.IsFinite(energy) ? energy : double.MaxValue;

    private void Prepare(ParameterLayout layout)
    {
        if (ReferenceEquals(layout, _layout)) return;
        // Snapshots read from bytes bring layouts of their own; scratch depends on the description alone.
        if (_layout is null || !_layout.Spec.Equals(layout.Spec))
        {
            var spec = layout.Spec;
            _network = new MemberNetwork<float>(layout);
            (_scaled, _latent) = (new float[spec.Features], new double[spec.LatentDimension]);
            _scratch = new double[spec.LatentDimension + spec.Components];
        }

        _layout = layout;
    }
}
