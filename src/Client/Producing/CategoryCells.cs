namespace DagmmStream.Client.Producing;

/// <summary>Turns names of categories into cells: indices into the names that travel with a batch.</summary>
internal sealed class CategoryCells
{
    private readonly int[] _features;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    public CategoryCells(StreamDefinition definition) => _features = [.. Categorical(definition)];

    /// <summary>True if the stream has categorical features.</summary>
    public bool Any => _features.Length > 0;

    /// <summary>The names so far, in the order of their indices.</summary>
    public string[] Names => [.. _places.OrderBy(pair => pair.Value).Select(pair => pair.Key)];

    /// <summary>Writes one event's cells.</summary>
    /// <param name="categories">Names of its categorical features; null for a missing one.</param>
    /// <param name="row">The event's features.</param>
    public void Write(ReadOnlySpan<string?> categories, Span<float> row)
    {
        for (var i = 0; i < _features.Length; i++)
        {
            if ((i < categories.Length ? categories[i] : null) is not { } name)
            {
                row[_features[i]] = float.NaN;
                continue;
            }

            if (!_places.TryGetValue(name, out var place)) _places.Add(name, place = _places.Count);
            row[_features[i]] = place;
        }
    }

    /// <summary>Places of the categorical features among a stream's features.</summary>
    public static IEnumerable<int> Categorical(StreamDefinition definition) => definition.Inputs.Types.IsEmpty ? []
        : Enumerable.Range(0, definition.Features.Length)
            .Where(i => definition.Inputs.TypeOf(definition.Features[i]).Kind == FeatureKind.Categorical);
}
