using DagmmStream.Modeling.Network;
using DagmmStream.Modeling.Scoring;

namespace DagmmStream.Modeling.Fitting;

/// <summary>A model of the published training: one frozen snapshot, scored by energy.</summary>
public sealed class PaperModel : FittedModel
{
    internal PaperModel(ModelSnapshot snapshot, FitDiagnosis diagnosis)
        : base(snapshot.Layout.Spec.Features, diagnosis) => Snapshot = snapshot;

    /// <summary>The frozen snapshot: weights, scaler and the mixture of all training rows in evaluation mode.</summary>
    public ModelSnapshot Snapshot { get; }

    /// <summary>Energies of rows (Zong et al. 2018, equation 6).</summary>
    /// <inheritdoc/>
    public override double[] Score(ReadOnlySpan<float> rows, int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, count * Features, nameof(rows));
        var (scores, scorer) = (new double[count], new EnergyScorer());
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scores[i] = scorer.Score(Snapshot, rows.Slice(i * Features, Features)).Energy;
        }

        return scores;
    }

    /// <summary>Mean squared reconstruction errors in scaled units.</summary>
    /// <inheritdoc/>
    public override double[] ReconstructionErrors(ReadOnlySpan<float> rows, int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, count * Features, nameof(rows));
        var spec = Snapshot.Layout.Spec;
        var (network, z, errors) = (new MemberNetwork<float>(Snapshot.Layout), new double[spec.LatentDimension], new double[count]);
        var scaled = new float[Features];
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Snapshot.Scaler.Transform(rows.Slice(i * Features, Features), scaled);
            network.Encode(Snapshot.Weights.Span, spec.Members[0], scaled, z);
            for (var j = 0; j < Features; j++) errors[i] += Math.Pow(network.Input[j] - network.Reconstruction[j], 2) / Features;
        }

        return errors;
    }
}
