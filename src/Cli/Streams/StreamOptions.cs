using System.Collections.Immutable;
using System.CommandLine;

namespace DagmmStream.Cli.Streams;

/// <summary>The options that describe a stream that is created.</summary>
internal sealed class StreamOptions(LearningPolicy defaultLearning = LearningPolicy.Budgeted, int defaultQueue = 16_384)
{
    private readonly Option<LearningPolicy> _learning = new("--learning")
    {
        Description = "every: learn every event, slow the producer down. budgeted: learn a share when training lags.",
        DefaultValueFactory = _ => defaultLearning,
    };

    private readonly Option<ModelPreset> _preset = new("--preset") { Description = "stream, lite or paper." };

    private readonly Option<EnginePreference> _engine = new("--engine") { Description = "auto, torch or simd." };

    private readonly Option<Durability> _durability = new("--durability") { Description = "journaled or inmemory." };

    private readonly Option<ulong> _seed = new("--seed") { Description = "Key of all randomness.", DefaultValueFactory = _ => 1 };

    private readonly Option<int> _queue = new("--training-queue")
    {
        Description = "Bound of the training queue in events: with --learning every, scoring is never further ahead of training.",
        DefaultValueFactory = _ => defaultQueue,
    };

    /// <summary>What the features are.</summary>
    public InputOptions Inputs { get; } = new();

    public void AddTo(Command command)
    {
        Inputs.AddTo(command);
        command.Options.Add(_learning);
        command.Options.Add(_preset);
        command.Options.Add(_engine);
        command.Options.Add(_durability);
        command.Options.Add(_seed);
        command.Options.Add(_queue);
    }

    public StreamDefinition Read(ParseResult parsed, string name, ImmutableArray<string> features) => new()
    {
        Name = name,
        Features = features,
        Learning = parsed.GetValue(_learning),
        Preset = parsed.GetValue(_preset),
        Engine = parsed.GetValue(_engine),
        Durability = parsed.GetValue(_durability),
        Seed = parsed.GetValue(_seed),
        TrainingQueueCapacity = parsed.GetValue(_queue),
        Inputs = Inputs.Read(parsed, features),
    };
}
