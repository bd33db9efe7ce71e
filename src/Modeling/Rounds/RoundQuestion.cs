using System.Collections.Immutable;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Rounds;

/// <summary>
/// One question to all partitions of a round. It carries all that its answer depends on besides the window, which stands still until the
/// round is decided: a partition keeps nothing between questions, and one that restarted can answer the next. Immutable.
/// </summary>
internal sealed record RoundQuestion
{
    public required RoundQuestionKind Kind { get; init; }

    /// <summary>True when the stream has no snapshot: <see cref="RoundQuestionKind.Collect"/> then asks for rows of the window.</summary>
    public bool IsWarmUp { get; init; }

    /// <summary>Averaged weights; empty for <see cref="RoundQuestionKind.Collect"/>.</summary>
    public float[] Weights { get; init; } = [];

    /// <summary>Scaler of all windows.</summary>
    public FeatureScaler? Scaler { get; init; }

    /// <summary>Summary of all events; null when it has no vote.</summary>
    public FeatureScaler? History { get; init; }

    /// <summary>Per member mean and deviation of z over all windows; empty before they are known.</summary>
    public ImmutableArray<LatentStandardizer> Standardizers { get; init; } = [];

    /// <summary>Per member the mixture; empty before there is one.</summary>
    public ImmutableArray<Mixture> Mixtures { get; init; } = [];

    /// <summary>
    /// <see cref="RoundQuestionKind.Trimmed"/>: per member the energy above which rows are left out. <see cref="RoundQuestionKind.Live"/>:
    /// per member median and range of the energies, then those of the distances from the history.
    /// </summary>
    public double[] Limits { get; init; } = [];

    /// <summary>An older snapshot whose live score is mixed in, where the window's own scores are the calibration; null for none.</summary>
    public ModelSnapshot? Anchor { get; init; }

    /// <summary>Weight of the anchor's live score.</summary>
    public double AnchorWeight { get; init; }

    public byte[] ToBytes()
    {
        var writer = new CheckpointWriter();
        writer.Write((int)Kind);
        writer.Write(IsWarmUp);
        writer.Write((ReadOnlySpan<float>)Weights);
        foreach (var summary in (FeatureScaler?[])[Scaler, History])
        {
            writer.Write(summary is not null);
            summary?.Write(writer);
        }

        writer.Write(Standardizers.Length);
        foreach (var standardizer in Standardizers)
        {
            writer.Write((ReadOnlySpan<double>)standardizer.Mean);
            writer.Write((ReadOnlySpan<double>)standardizer.Deviation);
        }

        writer.Write(Mixtures.Length);
        foreach (var mixture in Mixtures) mixture.Write(writer);
        writer.Write((ReadOnlySpan<double>)Limits);
        writer.Write(Anchor is not null);
        Anchor?.Write(writer);
        writer.Write(AnchorWeight);
        return writer.ToArray();
    }

    /// <exception cref="CheckpointException">The bytes are no question to a partition of this model.</exception>
    public static RoundQuestion FromBytes(byte[] bytes, ParameterLayout layout)
    {
        var reader = new CheckpointReader(bytes);
        var question = new RoundQuestion
        {
            Kind = SpecCodec.ReadEnum<RoundQuestionKind>(reader),
            IsWarmUp = reader.ReadBoolean(),
            Weights = reader.ReadSingles(),
            Scaler = reader.ReadBoolean() ? FeatureScaler.Read(reader) : null,
            History = reader.ReadBoolean() ? FeatureScaler.Read(reader) : null,
            Standardizers = RoundCodec.ReadMany(
                reader, layout, r => new LatentStandardizer(
                    r.ReadDoubles(layout.Spec.LatentDimension), r.ReadDoubles(layout.Spec.LatentDimension))),
            Mixtures = RoundCodec.ReadMany(reader, layout, Mixture.Read),
            Limits = reader.ReadDoubles(),
            Anchor = reader.ReadBoolean() ? ModelSnapshot.Read(reader) : null,
            AnchorWeight = reader.ReadDouble(),
        };
        reader.End();
        if (question.Kind != RoundQuestionKind.Collect && question.Weights.Length != layout.Length)
            throw CheckpointReader.Malformed($"{question.Weights.Length} weights; the model has {layout.Length} parameters");
        return question;
    }
}
