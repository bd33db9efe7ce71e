using System.Collections.Immutable;

namespace DagmmStream;

/// <summary>A stream as it is created: name, schema, model and policies. Immutable; compared by value.</summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.stream-definition")]
public sealed record StreamDefinition
{
    /// <summary>Largest number of features.</summary>
    public const int MaxFeatures = 1024;

    /// <summary>Largest number of partitions.</summary>
    public const int MaxPartitions = 1024;

    /// <summary>Name: 1 to 128 of a-z, 0-9, '.', '_', '-'; starts with a letter or digit.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>Names of the features, in the order of an event's vector; not empty, without duplicates.</summary>
    [Id(1)]
    public required ImmutableArray<string> Features { get; init; }

    /// <summary>Number of partitions.</summary>
    /// <value>Default 1.</value>
    [Id(2)]
    public int Partitions { get; init; } = 1;

    /// <summary>What an acknowledgement means.</summary>
    /// <value>Default <see cref="DagmmStream.Durability.Journaled"/>.</value>
    [Id(3)]
    public Durability Durability { get; init; } = Durability.Journaled;

    /// <summary>What happens when training is slower than ingest.</summary>
    /// <value>Default <see cref="LearningPolicy.Budgeted"/>.</value>
    [Id(4)]
    public LearningPolicy Learning { get; init; } = LearningPolicy.Budgeted;

    /// <summary>Which model.</summary>
    /// <value>Default <see cref="ModelPreset.Stream"/>.</value>
    [Id(5)]
    public ModelPreset Preset { get; init; } = ModelPreset.Stream;

    /// <summary>Which training engine.</summary>
    /// <value>Default <see cref="EnginePreference.Auto"/>.</value>
    [Id(6)]
    public EnginePreference Engine { get; init; } = EnginePreference.Auto;

    /// <summary>Key of all randomness of the stream.</summary>
    /// <value>Default 1.</value>
    [Id(7)]
    public ulong Seed { get; init; } = 1;

    /// <summary>Target share of normal events that are called anomalous: an event is anomalous when its p-value is at most this, unless
    /// <see cref="Decision"/> says otherwise.</summary>
    /// <value>Default 0.001. In (0, 0.5].</value>
    [Id(8)]
    public double AlarmRate { get; init; } = 0.001;

    /// <summary>Bound of the training queue, in events per partition.</summary>
    /// <value>Default 16,384. At least 1,024.</value>
    [Id(9)]
    public int TrainingQueueCapacity { get; init; } = 16_384;

    /// <summary>Longest time between checkpoints of a partition that learns.</summary>
    /// <value>Default 10 s.</value>
    [Id(10)]
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long scores are kept, in event time: those of events older than the partition's newest event by more than this are
    /// deleted, batch by batch (at most <see cref="EventBatch.MaxEvents"/> events, when the newest of them is too old), so that a replay of
    /// old events is kept as long as a live stream.</summary>
    /// <value>Default 30 days.</value>
    [Id(11)]
    public TimeSpan ScoreRetention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long the explanations of anomalies are kept, in event time.</summary>
    /// <value>Default 180 days: anomalies are looked at again, long after ordinary scores are gone.</value>
    [Id(12)]
    public TimeSpan ExplanationRetention { get; init; } = TimeSpan.FromDays(180);

    /// <summary>How verdicts follow from scores.</summary>
    /// <value>Default: p-values at most <see cref="AlarmRate"/>, no rules.</value>
    [Id(13)]
    public DecisionPolicy Decision { get; init; } = DecisionPolicy.Default;

    /// <summary>How events become what the model sees: types of features, missing values, lags, lateness.</summary>
    /// <value>Default: every feature is a number that is always there.</value>
    [Id(14)]
    public InputDefinition Inputs { get; init; } = InputDefinition.Plain;

    /// <summary>
    /// Let surplus components of the mixture die: those without which the Bayesian information criterion of the window is lower. For
    /// streams with one partition.
    /// </summary>
    /// <value>Default false: scores hardly differ and publishing takes several times as long; the picture of the clusters gains.</value>
    [Id(15)]
    public bool ChooseComponents { get; init; }

    /// <inheritdoc/>
    public bool Equals(StreamDefinition? other) =>
        other is not null && Name == other.Name && Features.AsSpan().SequenceEqual(other.Features.AsSpan())
        && Partitions == other.Partitions && Durability == other.Durability && Learning == other.Learning && Preset == other.Preset
        && Engine == other.Engine && Seed == other.Seed && AlarmRate.Equals(other.AlarmRate)
        && TrainingQueueCapacity == other.TrainingQueueCapacity && CheckpointInterval == other.CheckpointInterval
        && ScoreRetention == other.ScoreRetention && ExplanationRetention == other.ExplanationRetention
        && Decision.Equals(other.Decision) && Inputs.Equals(other.Inputs) && ChooseComponents == other.ChooseComponents;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Features.Length, Partitions);

    /// <summary>Throws when a value is out of range, naming it.</summary>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidDefinition"/>.</exception>
    public void Validate()
    {
        if (Name is not { Length: >= 1 and <= 128 } || !char.IsAsciiLetterOrDigit(Name[0]) || !Name.All(IsNameCharacter))
            throw Invalid($"stream name \"{Name}\": use 1 to 128 of a-z, 0-9, '.', '_', '-', starting with a letter or a digit");
        if (Features.IsDefaultOrEmpty || Features.Length > MaxFeatures)
            throw Invalid($"{(Features.IsDefault ? 0 : Features.Length)} features: name 1 to {MaxFeatures}");
        for (var i = 0; i < Features.Length; i++)
            if (string.IsNullOrWhiteSpace(Features[i])) throw Invalid($"feature {i} has no name");
        if (Features.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw Invalid($"feature \"{twice.Key}\" is named {twice.Count()} times");
        if (Partitions is < 1 or > MaxPartitions) throw Invalid($"Partitions = {Partitions}: use 1 to {MaxPartitions}");
        if (ChooseComponents && Partitions > 1)
            throw Invalid($"ChooseComponents with Partitions = {Partitions}: rounds keep all components; use 1 partition, or leave it out");
        if (!(AlarmRate > 0 && AlarmRate <= 0.5)) throw Invalid($"AlarmRate = {AlarmRate}: use a share in (0, 0.5]");
        if (TrainingQueueCapacity < 1024) throw Invalid($"TrainingQueueCapacity = {TrainingQueueCapacity}: use at least 1,024 events");
        if (CheckpointInterval < TimeSpan.FromSeconds(0.1)) throw Invalid($"CheckpointInterval = {CheckpointInterval}: use at least 0.1 s");
        if (ScoreRetention <= TimeSpan.Zero) throw Invalid($"ScoreRetention = {ScoreRetention}: use a positive time");
        if (ExplanationRetention <= TimeSpan.Zero) throw Invalid($"ExplanationRetention = {ExplanationRetention}: use a positive time");
        if (Decision is null) throw Invalid("Decision is missing: leave it out for the default");
        Decision.Validate(Features);
        if (Inputs is null) throw Invalid("Inputs is missing: leave it out for the default");
        Inputs.Validate(Features);
        foreach (var rule in Decision.Rules)
        {
            if (Inputs.TypeOf(rule.Feature).Kind is FeatureKind.Categorical or FeatureKind.Cyclic)
                throw Invalid($"the rule of feature \"{rule.Feature}\" compares numbers: it is {Inputs.TypeOf(rule.Feature).Kind}");
        }

        if (!Enum.IsDefined(Durability) || !Enum.IsDefined(Learning) || !Enum.IsDefined(Preset) || !Enum.IsDefined(Engine))
            throw Invalid($"unknown policy: {Durability}, {Learning}, {Preset}, {Engine}");
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-';

    private static DagmmStreamException Invalid(string message) => new(ErrorCode.InvalidDefinition, message);
}
