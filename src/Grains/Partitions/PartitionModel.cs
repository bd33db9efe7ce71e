using DagmmStream.Grains.Inputs;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Grains.Partitions;

/// <summary>The model and the learning options that a stream's preset stands for.</summary>
internal static class PartitionModel
{
    public static (ModelSpec Spec, LearnerOptions Options) Of(StreamDefinition definition) => Of(definition, definition.Partitions);

    /// <summary>The same if the stream had another number of partitions.</summary>
    public static (ModelSpec Spec, LearnerOptions Options) Of(StreamDefinition definition, int partitions)
    {
        var (spec, options) = OfPreset(definition);
        options = options with { Publish = options.Publish with { ChooseComponents = definition.ChooseComponents } };
        return (spec, options.Share(partitions));
    }

    /// <summary>Seed of one partition: partitions of a stream must not draw the same numbers.</summary>
    public static ulong Seed(StreamDefinition definition, int partition) => definition.Seed + ((ulong)partition << 32);

    private static (ModelSpec Spec, LearnerOptions Options) OfPreset(StreamDefinition definition) => definition.Preset switch
    {
        ModelPreset.Stream => (ModelSpec.Stream(new InputColumns(definition).Width), LearnerOptions.Stream),
        ModelPreset.Lite => (ModelSpec.Lite(new InputColumns(definition).Width), LearnerOptions.Lite),
        ModelPreset.Paper => (ModelSpec.Paper(new InputColumns(definition).Width), LearnerOptions.Paper),
        _ => throw new DagmmStreamException(ErrorCode.InvalidDefinition, $"preset {definition.Preset} is unknown to this silo; upgrade it"),
    };
}
