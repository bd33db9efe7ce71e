using DagmmStream.Bench.Kernels;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Bench.Peers;

/// <summary>One published model in the form that every peer takes: plain matrices, and events that are scaled already.</summary>
internal sealed class ScoreModel
{
    public const int Rows = 4096;

    public ScoreModel(string name, ModelSpec spec)
    {
        (Name, Spec, Layout) = (name, spec, new ParameterLayout(spec));
        Raw = Data.Rows(Rows, spec.Features);
        var weights = WeightInitializer.Create(Layout, 1).Weights;
        Snapshot = SnapshotPublisher.Publish(Layout, weights, Raw, Rows, 1, PublishOptions.Paper).Snapshot
            ?? throw new InvalidOperationException($"{name} cannot be published");
        Scaled = new float[Raw.Length];
        for (var i = 0; i < Rows; i++)
            Snapshot.Scaler.Transform(Raw.AsSpan(i * spec.Features, spec.Features), Scaled.AsSpan(i * spec.Features, spec.Features));
        (Whitening, Offset, Normalizers) = Whiten();
    }

    public string Name { get; }

    public ModelSpec Spec { get; }

    public ParameterLayout Layout { get; }

    public ModelSnapshot Snapshot { get; }

    public float[] Raw { get; }

    public float[] Scaled { get; }

    /// <summary>Inverse Cholesky factors side by side [D, K D]: y = z Whitening + Offset.</summary>
    public float[] Whitening { get; }

    /// <summary>-(inverse factor · mean) of every component [K D].</summary>
    public float[] Offset { get; }

    /// <summary>Log normaliser of every component [K].</summary>
    public float[] Normalizers { get; }

    /// <summary>Weight [out, in] of a layer.</summary>
    public float[] Weight(LayerShape layer) => Snapshot.Weights.Span.Slice(layer.WeightOffset, layer.Inputs * layer.Outputs).ToArray();

    /// <summary>Bias [out] of a layer.</summary>
    public float[] Bias(LayerShape layer) => Snapshot.Weights.Span.Slice(layer.BiasOffset, layer.Outputs).ToArray();

    private (float[] Whitening, float[] Offset, float[] Normalizers) Whiten()
    {
        var mixture = Snapshot.Members[0].Mixture;
        var (k, d) = (mixture.Components, mixture.Dimension);
        var (whitening, offset, normalizers) = (new float[d * k * d], new float[k * d], new float[k]);
        for (var c = 0; c < k; c++)
        {
            normalizers[c] = (float)mixture.LogNormalizers[c];
            for (var j = 0; j < d; j++)
            {
                var column = new double[d];
                column[j] = 1;
                mixture.Factors[c].SquaredLength(column);
                for (var i = 0; i < d; i++)
                {
                    whitening[(j * k * d) + (c * d) + i] = (float)column[i];
                    offset[(c * d) + i] -= (float)(column[i] * mixture.Means[(c * d) + j]);
                }
            }
        }

        return (whitening, offset, normalizers);
    }
}
