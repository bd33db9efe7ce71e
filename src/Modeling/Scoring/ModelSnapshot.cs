using System.Collections.Immutable;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// A published model: weights, feature scaler, mixtures and calibration, numbered by version. Immutable and thread-safe; the only thing
/// that scores, through <see cref="EnergyScorer"/>.
/// </summary>
public sealed class ModelSnapshot
{
    private readonly float[] _weights;
    private MemberKernel[]? _kernels;

    /// <summary>Freezes a model.</summary>
    /// <param name="layout">Layout of the model.</param>
    /// <param name="weights">Weights [<see cref="ParameterLayout.Length"/>]; copied.</param>
    /// <param name="scaler">Feature scaler of d features.</param>
    /// <param name="members">The members' parts, in the model's order.</param>
    /// <exception cref="ArgumentException">A length does not fit the layout.</exception>
    public ModelSnapshot(ParameterLayout layout, ReadOnlySpan<float> weights, FeatureScaler scaler, ImmutableArray<MemberSnapshot> members)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(scaler);
        if (weights.Length != layout.Length)
            throw new ArgumentException($"{weights.Length} weights; the model has {layout.Length} parameters", nameof(weights));
        if (scaler.Features != layout.Spec.Features)
            throw new ArgumentException($"the scaler has {scaler.Features} features; the model has {layout.Spec.Features}", nameof(scaler));
        if (members.Length != layout.Spec.Members.Length)
            throw new ArgumentException($"{members.Length} members; the model has {layout.Spec.Members.Length}", nameof(members));
        foreach (var member in members)
            ArgumentOutOfRangeException.ThrowIfNotEqual(member.Mixture.Dimension, layout.Spec.LatentDimension, nameof(members));
        (Layout, _weights, Scaler, Members) = (layout, weights.ToArray(), scaler, members);
    }

    /// <summary>The same snapshot, to change parts of it: weights and their layouts are shared.</summary>
    /// <param name="other">The snapshot.</param>
    internal ModelSnapshot(ModelSnapshot other)
    {
        (Layout, _weights, _kernels, Scaler, Members) = (other.Layout, other._weights, other._kernels, other.Scaler, other.Members);
        (Version, ScoreKind, Calibration, History) = (other.Version, other.ScoreKind, other.Calibration, other.History);
        (Anchor, AnchorWeight) = (other.Anchor, other.AnchorWeight);
        (GuardThreshold, LiveGuard, WindowCount) = (other.GuardThreshold, other.LiveGuard, other.WindowCount);
    }

    /// <summary>Number of the snapshot; grows with every publish of a stream.</summary>
    public long Version { get; init; }

    /// <summary>Layout of the model.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>Weights [<see cref="ParameterLayout.Length"/>].</summary>
    public ReadOnlyMemory<float> Weights => _weights;

    /// <summary>Feature scaler.</summary>
    public FeatureScaler Scaler { get; }

    /// <summary>The members' parts.</summary>
    public ImmutableArray<MemberSnapshot> Members { get; }

    /// <summary>How member energies become one score.</summary>
    public ScoreKind ScoreKind { get; init; }

    /// <summary>
    /// The snapshot whose live score is mixed in, with its own scaler; null for none. An anchor's own anchor is not read.
    /// </summary>
    public ModelSnapshot? Anchor { get; init; }

    /// <summary>Weight of the anchor's live score, in [0, 1].</summary>
    public double AnchorWeight { get; init; }

    /// <summary>From score to p-value.</summary>
    public Calibration Calibration { get; init; } = Calibration.Of([]);

    /// <summary>Slow evidence mixed into the live score; null for none.</summary>
    internal HistoryDistance? History { get; init; }

    /// <summary>Live score that a share <see cref="PublishOptions.GuardQuantile"/> of the window does not exceed.</summary>
    internal double LiveGuard { get; init; } = double.PositiveInfinity;

    /// <summary>Events with a score above it are not learned; +inf when there is no guard.</summary>
    public double GuardThreshold { get; init; } = double.PositiveInfinity;

    /// <summary>Rows of the window the snapshot was published from.</summary>
    public int WindowCount { get; init; }

    /// <summary>The members laid out for single events; made when first asked for, by whoever asks first.</summary>
    internal MemberKernel[] Kernels => Volatile.Read(ref _kernels) ?? CreateKernels();

    /// <summary>Reads the byte form.</summary>
    /// <param name="reader">At the first value.</param>
    /// <returns>The snapshot.</returns>
    /// <exception cref="CheckpointException">A value is impossible.</exception>
    public static ModelSnapshot Read(CheckpointReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return Read(reader, mayHaveAnchor: true);
    }

    /// <summary>The snapshot without its anchor, to serve as one.</summary>
    /// <returns>The snapshot itself if it has none.</returns>
    public ModelSnapshot WithoutAnchor() => Anchor is null ? this : new ModelSnapshot(this) { Anchor = null, AnchorWeight = 0 };

    /// <summary>The same snapshot under another number.</summary>
    /// <param name="version">The number.</param>
    internal ModelSnapshot WithVersion(long version) => new(this) { Version = version };

    /// <summary>Writes the byte form.</summary>
    /// <param name="writer">Receives the values.</param>
    public void Write(CheckpointWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Version);
        SpecCodec.Write(Layout.Spec, writer);
        Scaler.Write(writer);
        writer.Write(_weights.AsSpan());
        foreach (var member in Members) member.Write(writer);
        writer.Write((int)ScoreKind);
        writer.Write(AnchorWeight);
        Calibration.Write(writer);
        writer.Write(GuardThreshold);
        writer.Write(LiveGuard);
        writer.Write(WindowCount);
        writer.Write(History is not null);
        History?.Write(writer);
        writer.Write(Anchor is not null);
        Anchor?.WithoutAnchor().Write(writer);
    }

    private MemberKernel[] CreateKernels()
    {
        var kernels = new MemberKernel[Members.Length];
        for (var m = 0; m < kernels.Length; m++)
            kernels[m] = new MemberKernel(Layout, m, _weights.AsSpan(m * Layout.MemberLength, Layout.MemberLength), Members[m]);
        // Two at once make the same; either will do.
        Volatile.Write(ref _kernels, kernels);
        return kernels;
    }

    private static HistoryDistance ReadHistory(CheckpointReader reader, int features)
    {
        var history = HistoryDistance.Read(reader);
        return history.Fits(features) ? history : throw CheckpointReader.Malformed("the snapshot's history does not fit its features");
    }

    private static ModelSnapshot Read(CheckpointReader reader, bool mayHaveAnchor)
    {
        var version = reader.ReadInt64();
        var layout = new ParameterLayout(SpecCodec.Read(reader));
        var scaler = FeatureScaler.Read(reader);
        var weights = reader.ReadSingles(layout.Length);
        var members = layout.Spec.Members.Select(_ => MemberSnapshot.Read(reader)).ToImmutableArray();
        try
        {
            return new ModelSnapshot(layout, weights, scaler, members)
            {
                Version = version,
                ScoreKind = SpecCodec.ReadEnum<ScoreKind>(reader),
                AnchorWeight = reader.ReadDouble(),
                Calibration = Calibration.Read(reader),
                GuardThreshold = reader.ReadDouble(),
                LiveGuard = reader.ReadDouble(),
                WindowCount = reader.ReadInt32(),
                History = reader.ReadBoolean() ? ReadHistory(reader, layout.Spec.Features) : null,
                Anchor = !reader.ReadBoolean() ? null : mayHaveAnchor ? Read(reader, mayHaveAnchor: false)
                    : throw CheckpointReader.Malformed("an anchor has an anchor"),
            };
        }
        catch (ArgumentException exception)
        {
            throw CheckpointReader.Malformed($"the snapshot's parts do not fit: {exception.Message}", exception);
        }
    }
}
