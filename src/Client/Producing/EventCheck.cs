using System.Globalization;

namespace DagmmStream.Client.Producing;

/// <summary>Checks an event against its stream's definition before it is numbered.</summary>
internal static class EventCheck
{
    /// <summary>Throws when the event does not fit.</summary>
    /// <param name="definition">The stream.</param>
    /// <param name="features">Feature vector.</param>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidEvent"/>, naming the feature and its value.</exception>
    public static void ThrowIfInvalid(StreamDefinition definition, ReadOnlySpan<float> features)
    {
        if (features.Length != definition.Features.Length) throw WrongCount(definition, features.Length);
        for (var i = 0; i < features.Length; i++)
            if (!float.IsFinite(features[i])) throw NotFinite(definition, i, features[i]);
    }

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
            + $"send a finite number, or leave the event out"));

    private static string Names(StreamDefinition definition)
    {
        const int Shown = 5;
        var names = string.Join(", ", definition.Features.Take(Shown));
        return definition.Features.Length > Shown ? names + ", ..." : names;
    }
}
