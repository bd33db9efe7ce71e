using System.Collections.Immutable;

namespace DagmmStream;

/// <summary>What one feature of a stream is, where it is more than a number that is always there. Immutable; compared by value.</summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.feature-type")]
public sealed record FeatureType
{
    /// <summary>Most categories with a column of their own.</summary>
    public const int LargestCategories = 512;

    /// <summary>Name of the feature.</summary>
    [Id(0)]
    public required string Feature { get; init; }

    /// <summary>What its values are.</summary>
    /// <value>Default <see cref="FeatureKind.Numeric"/>.</value>
    [Id(1)]
    public FeatureKind Kind { get; init; }

    /// <summary>What becomes of events that lack it.</summary>
    /// <value>Default <see cref="MissingPolicy.Reject"/>.</value>
    [Id(2)]
    public MissingPolicy Missing { get; init; }

    /// <summary>
    /// Known categories. Others get the columns that are left: in the order in which they appear, or, in a stream with several partitions,
    /// which meet them in different orders and learn one model, shared by a hash. Name what matters there.
    /// </summary>
    /// <value>Default none.</value>
    [Id(3)]
    public ImmutableArray<string> Categories { get; init; } = [];

    /// <summary>Categories with a column of their own; further names share one column per eight of these, by a hash.</summary>
    /// <value>Default 16. At least the number of <see cref="Categories"/>.</value>
    [Id(4)]
    public int MaxCategories { get; init; } = 16;

    /// <summary>Length of the circle of <see cref="FeatureKind.Cyclic"/>, in the feature's unit: 360 for an angle in degrees.</summary>
    [Id(5)]
    public double Period { get; init; }

    /// <inheritdoc/>
    public bool Equals(FeatureType? other) =>
        other is not null && Feature == other.Feature && Kind == other.Kind && Missing == other.Missing
        && MaxCategories == other.MaxCategories && Period.Equals(other.Period)
        && Categories.AsSpan().SequenceEqual(other.Categories.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Feature, Kind, Missing);

    internal void Validate()
    {
        if (!Enum.IsDefined(Kind) || !Enum.IsDefined(Missing)) throw Invalid($"is of unknown kind {Kind} or policy {Missing}");
        if (Kind == FeatureKind.Cyclic && !(Period > 0 && double.IsFinite(Period)))
            throw Invalid($"has the period {Period}: use a positive number, 360 for degrees");
        if (Kind != FeatureKind.Categorical) return;
        if (Categories.IsDefault || Categories.Any(string.IsNullOrEmpty)) throw Invalid("has a category without a name");
        if (MaxCategories < 1 || MaxCategories > LargestCategories || MaxCategories < Categories.Length)
        {
            throw Invalid($"has MaxCategories = {MaxCategories}: use 1 to {LargestCategories}, and at least its "
                + $"{Categories.Length} known categories");
        }

        if (Categories.Distinct(StringComparer.Ordinal).Count() < Categories.Length) throw Invalid("names a category twice");
    }

    private DagmmStreamException Invalid(string message) => new(ErrorCode.InvalidDefinition, $"feature \"{Feature}\" {message}");
}
