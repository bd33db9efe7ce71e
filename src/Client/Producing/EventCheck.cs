using System.Globalization;

namespace DagmmStream.Client.Producing;

/// <summary>Checks an event against its stream's definition before it is numbered.</summary>
internal static class EventCheck
{
    private const int MaxNameLength = 256;

    /// <summary>Throws when the event does not fit; one that the service would refuse takes its whole batch with it.</summary>
    /// <param name="definition">The stream.</param>
    /// <param name="item">The event.</param>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidEvent"/>, naming the feature and its value.</exception>
    public static void ThrowIfInvalid(StreamDefinition definition, in StreamEvent item)
    {
        ThrowIfInvalid(definition, item.Features.Span);
        if (definition.Inputs.Types.IsEmpty) return;
        var (categories, at) = (item.Categories, 0);
        for (var i = 0; i < definition.Features.Length; i++)
        {
            var type = definition.Inputs.TypeOf(definition.Features[i]);
            var value = item.Features.Span[i];
            if (type.Kind == FeatureKind.Boolean && value is not (0 or 1) && !float.IsNaN(value))
                throw Misfit(definition, i, $"is {value}: it is a boolean, send 0 or 1");
            if (type.Kind != FeatureKind.Categorical) continue;
            var name = at < categories.Length ? categories.Span[at++] : null;
            if (name is null && type.Missing == MissingPolicy.Reject)
                throw Misfit(definition, i, "has no category: name one in Categories, or choose another MissingPolicy than Reject");
            if (name is { Length: 0 or > MaxNameLength })
                throw Misfit(definition, i, $"has a category of {name.Length} characters: use 1 to {MaxNameLength}");
        }

        if (at == categories.Length) return;
        throw new DagmmStreamException(
            ErrorCode.InvalidEvent,
            $"the event has {categories.Length} categories, stream \"{definition.Name}\" has {at} categorical features");
    }

    /// <summary>Throws when a feature vector does not fit.</summary>
    /// <param name="definition">The stream.</param>
    /// <param name="features">Feature vector.</param>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidEvent"/>, naming the feature and its value.</exception>
    public static void ThrowIfInvalid(StreamDefinition definition, ReadOnlySpan<float> features)
    {
        if (features.Length != definition.Features.Length) throw WrongCount(definition, features.Length);
        for (var i = 0; i < features.Length; i++)
            if (!float.IsFinite(features[i]) && !Allows(definition, i, features[i])) throw NotFinite(definition, i, features[i]);
    }

    // A category's cell is not read: its name stands beside the features. The service judges names and missing ones.
    private static bool Allows(StreamDefinition definition, int index, float value)
    {
        var type = definition.Inputs.TypeOf(definition.Features[index]);
        return type.Kind == FeatureKind.Categorical || (float.IsNaN(value) && type.Missing != MissingPolicy.Reject);
    }

    private static DagmmStreamException Misfit(StreamDefinition definition, int index, string fault) => new(
        ErrorCode.InvalidEvent, $"feature \"{definition.Features[index]}\" (position {index}) of stream \"{definition.Name}\" {fault}");

    private static DagmmStreamException WrongCount(StreamDefinition definition, int count) => new(
        ErrorCode.InvalidEvent,
        string.Create(
            CultureInfo.InvariantCulture,
            $"the event has {count} features, stream \"{definition.Name}\" has {definition.Features.Length} ({Names(definition)}): "
            + $"send one value per feature, in this order"));

    private static DagmmStreamException NotFinite(StreamDefinition definition, int index, float value) => new(
        ErrorCode.InvalidEvent,
        string.Create(
            CultureInfo.InvariantCulture,
            $"feature \"{definition.Features[index]}\" (position {index}) of stream \"{definition.Name}\" is {value}: "
            + $"send a finite number, leave the event out, or choose another MissingPolicy than Reject"));

    private static string Names(StreamDefinition definition)
    {
        const int Shown = 5;
        var names = string.Join(", ", definition.Features.Take(Shown));
        return definition.Features.Length > Shown ? names + ", ..." : names;
    }
}
