using System.Collections.Immutable;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Grains.Models;

/// <summary>
/// What the columns of a model stand for, as far as another stream must have the same to take it over: features by name, kind and order,
/// lags and calendar; and of how many partitions the stream was. Immutable.
/// </summary>
internal sealed class ModelSchema
{
    private readonly ImmutableArray<FeatureType> _features;
    private readonly (int Lags, bool Differences, CalendarFeatures Calendar) _derived;

    public ModelSchema(StreamDefinition definition)
        : this(
            definition.Partitions, [.. definition.Features.Select(definition.Inputs.TypeOf)],
            (definition.Inputs.Lags, definition.Inputs.Differences, definition.Inputs.Calendar))
    {
    }

    private ModelSchema(int partitions, ImmutableArray<FeatureType> features, (int, bool, CalendarFeatures) derived) =>
        (Partitions, _features, _derived) = (partitions, features, derived);

    /// <summary>Partitions of the stream; the model is of one of them.</summary>
    public int Partitions { get; }

    /// <summary>Why a stream of this schema cannot use a model of another; null if it can.</summary>
    /// <param name="file">The model's schema.</param>
    public string? Difference(ModelSchema file)
    {
        if (file._features.Length != _features.Length)
            return $"the model has {file._features.Length} features, the stream {_features.Length}";
        for (var i = 0; i < _features.Length; i++)
        {
            var (theirs, ours) = (file._features[i], _features[i]);
            if (theirs.Feature != ours.Feature)
                return $"feature {i} is \"{theirs.Feature}\" in the model and \"{ours.Feature}\" in the stream";
            if (Describe(theirs) is var other && Describe(ours) is var own && other != own)
                return $"feature \"{ours.Feature}\" is {other} in the model and {own} in the stream";
            if (HasUnnamed(ours) && Partitions == 1 != (file.Partitions == 1))
            {
                return $"feature \"{ours.Feature}\" has categories that are not given, whose columns are numbered in a stream with one "
                    + $"partition and hashed in one with several: the model's has {file.Partitions}, this one {Partitions}";
            }
        }

        return file._derived == _derived ? null
            : $"the model has {Describe(file._derived)}, the stream {Describe(_derived)}";
    }

    public void Write(CheckpointWriter writer)
    {
        writer.Write(Partitions);
        writer.Write(_features.Length);
        foreach (var feature in _features)
        {
            writer.Write(feature.Feature);
            writer.Write((int)feature.Kind);
            if (feature.Kind == FeatureKind.Cyclic) writer.Write(feature.Period);
            if (feature.Kind != FeatureKind.Categorical) continue;
            writer.Write(feature.MaxCategories);
            writer.Write(feature.Categories.Length);
            foreach (var category in feature.Categories) writer.Write(category);
        }

        writer.Write(_derived.Lags);
        writer.Write(_derived.Differences);
        writer.Write((int)_derived.Calendar);
    }

    /// <exception cref="CheckpointException">A value is impossible.</exception>
    public static ModelSchema Read(CheckpointReader reader)
    {
        var (partitions, count) = (reader.ReadInt32(), reader.ReadInt32());
        if (partitions is < 1 or > StreamDefinition.MaxPartitions || count is < 1 or > StreamDefinition.MaxFeatures)
            throw Malformed($"a model of {partitions} partitions with {count} features is impossible");
        var features = ImmutableArray.CreateBuilder<FeatureType>(count);
        for (var i = 0; i < count; i++) features.Add(ReadFeature(reader));
        return new ModelSchema(
            partitions, features.MoveToImmutable(), (reader.ReadInt32(), reader.ReadBoolean(), (CalendarFeatures)reader.ReadInt32()));
    }

    private static FeatureType ReadFeature(CheckpointReader reader)
    {
        var feature = new FeatureType { Feature = reader.ReadString(), Kind = (FeatureKind)reader.ReadInt32() };
        if (feature.Kind == FeatureKind.Cyclic) return feature with { Period = reader.ReadDouble() };
        if (feature.Kind != FeatureKind.Categorical) return feature;
        var (most, count) = (reader.ReadInt32(), reader.ReadInt32());
        if (count < 0 || count > FeatureType.LargestCategories) throw Malformed($"{count} known categories are impossible");
        return feature with { MaxCategories = most, Categories = [.. Enumerable.Range(0, count).Select(_ => reader.ReadString())] };
    }

    private static bool HasUnnamed(FeatureType type) =>
        type.Kind == FeatureKind.Categorical && type.Categories.Length < type.MaxCategories;

    private static string Describe(FeatureType type) => type.Kind switch
    {
        FeatureKind.Cyclic => FormattableString.Invariant($"Cyclic with the period {type.Period}"),
        FeatureKind.Categorical =>
            $"Categorical with at most {type.MaxCategories} categories, of which [{string.Join(", ", type.Categories)}] are given",
        _ => $"{type.Kind}",
    };

    private static string Describe((int Lags, bool Differences, CalendarFeatures Calendar) derived) =>
        $"{derived.Lags} lags, {(derived.Differences ? "differences" : "no differences")}, calendar {derived.Calendar}";

    private static CheckpointException Malformed(string message) => new(CheckpointFailure.Malformed, message);
}
