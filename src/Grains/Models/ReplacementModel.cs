using DagmmStream.Grains.Partitions;
using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Grains.Models;

/// <summary>Reads a model that is to take the place of a stream's own.</summary>
internal static class ReplacementModel
{
    /// <summary>Reads one, and checks that it fits.</summary>
    /// <param name="payload">The checkpoint.</param>
    /// <param name="definition">The stream that takes it over.</param>
    /// <param name="services">Engines and options of the silo.</param>
    /// <param name="isOwn">True if it was kept by a partition of that stream.</param>
    /// <returns>A model with a snapshot.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidModel"/>, naming what does not fit.</exception>
    public static PartitionCheckpoint Read(byte[] payload, StreamDefinition definition, PartitionServices services, bool isOwn)
    {
        try
        {
            var engine = services.Engines.Select(definition.Engine, PartitionModel.Of(definition).Spec);
            var model = PartitionCheckpoint.Decode(payload, definition, engine, services.Options.MaxProducers);
            if (model.Learner.Snapshot is null) throw Unfit(definition, "the model is still warming up: it has no snapshot");
            if (!isOwn && !model.HasSchema && (definition.Partitions > 1 || !definition.Inputs.IsPlain))
            {
                throw Unfit(
                    definition, "the model's format is older than the fifth: it names neither features nor partitions, and is read by "
                    + "streams with one partition and plain numbers only");
            }

            return model;
        }
        catch (CheckpointException exception)
        {
            throw Unfit(definition, exception.Message);
        }
    }

    private static DagmmStreamException Unfit(StreamDefinition definition, string reason) => new(
        ErrorCode.InvalidModel,
        $"the model does not fit stream \"{definition.Name}\": {reason}; take one that was exported from a stream with the same features, "
        + "inputs and preset");
}
