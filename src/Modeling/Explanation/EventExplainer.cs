using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Explanation;

/// <summary>
/// Explains energies (docs/model.md, "Explanation"). Owns its scratch: one per owner, not thread-safe. A pure function of snapshot and
/// event, bit for bit.
/// </summary>
internal sealed class EventExplainer
{
    private ModelSpec? _spec;
    private EventBuffers? _buffers;
    private float[] _scaled = [];

    /// <summary>Explains one event.</summary>
    /// <param name="snapshot">The published model.</param>
    /// <param name="features">The model's input [d], finite.</param>
    /// <returns>The explanation.</returns>
    public ModelExplanation Explain(ModelSnapshot snapshot, ReadOnlySpan<float> features)
    {
        var spec = snapshot.Layout.Spec;
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.Length, spec.Features, nameof(features));
        Prepare(spec);
        snapshot.Scaler.Transform(features, _scaled);
        var (d, members) = (spec.Features, spec.Members.Length);
        var sum = new ModelExplanation(
            0, 0, new double[1 + spec.LatentDimension - spec.Latent], new double[d], new double[d], new double[members * spec.Components]);
        for (var m = 0; m < members; m++)
        {
            var member = snapshot.Members[m];
            var energy = snapshot.Kernels[m].Energy(_scaled, _buffers!);
            sum = sum with
            {
                Energy = sum.Energy + (EnergyScorer.Bounded(energy) / members),
                MedianEnergy = sum.MedianEnergy + (member.EnergyMedian / members),
            };
            var memberships = sum.Memberships.AsSpan(m * spec.Components, spec.Components);
            if (double.IsFinite(energy)) AddParts(sum.Parts, member, memberships, members);
            else Overflowed(sum.Parts, member, memberships, members);
            AddReconstruction(sum, snapshot, spec.Members[m].InputMap, members);
        }

        return sum;
    }

    /// <summary>
    /// A part is what it has beyond the same part of the likeliest component's mean, less its share of what a typical event has beyond that
    /// mean: under a Gaussian every dimension has an equal share of it.
    /// </summary>
    private void AddParts(double[] parts, MemberSnapshot member, Span<double> memberships, int members)
    {
        var (mixture, latent) = (member.Mixture, _spec!.Latent);
        var (own, center) = (new double[parts.Length], new double[parts.Length]);
        EnergyDecomposition.ChainRule(mixture, _buffers!.Mixture.AsSpan(0, mixture.Dimension), latent, own, memberships);
        var likeliest = 0;
        for (var k = 1; k < memberships.Length; k++) if (memberships[k] > memberships[likeliest]) likeliest = k;
        var mean = mixture.Means.Slice(likeliest * mixture.Dimension, mixture.Dimension);
        EnergyDecomposition.ChainRule(mixture, mean, latent, center, new double[memberships.Length]);
        var typical = member.EnergyMedian;
        foreach (var energy in center) typical -= energy;
        for (var i = 0; i < parts.Length; i++)
        {
            var dimensions = i == 0 ? latent : 1;
            parts[i] += (own[i] - center[i] - (typical * dimensions / mixture.Dimension)) / members;
        }
    }

    /// <summary>A network that overflowed tells nothing about parts: the event is beyond all that the latent code can say.</summary>
    private static void Overflowed(double[] parts, MemberSnapshot member, Span<double> memberships, int members)
    {
        parts[0] += (EnergyScorer.Bounded(double.PositiveInfinity) - member.EnergyMedian) / members;
        for (var k = 0; k < memberships.Length; k++) memberships[k] = Math.Exp(member.Mixture.LogShares[k]);
    }

    private void AddReconstruction(ModelExplanation sum, ModelSnapshot snapshot, InputMap map, int members)
    {
        var (input, output, d) = (_buffers!.Input, _buffers.Output, sum.Expected.Length);
        var errors = 0.0;
        for (var j = 0; j < d; j++) errors += Square(Error(input[j], output[j]));
        for (var j = 0; j < d; j++)
        {
            var expected = float.IsFinite(output[j]) ? InputPass.Unmap(output[j], map) : 0;
            sum.Expected[j] += snapshot.Scaler.Inverse(j, expected) / members;
            sum.ErrorShares[j] += (errors > 0 ? Square(Error(input[j], output[j])) / errors : 1.0 / d) / members;
        }
    }

    // An output that overflowed counts as the mean of the window.
    private static double Error(float input, float output) => float.IsFinite(output) ? (double)input - output : input;

    private static double Square(double value) => value * value;

    private void Prepare(ModelSpec spec)
    {
        if (ReferenceEquals(spec, _spec)) return;
        if (_spec is null || !_spec.Equals(spec)) (_buffers, _scaled) = (new EventBuffers(spec), new float[spec.Features]);
        _spec = spec;
    }
}
