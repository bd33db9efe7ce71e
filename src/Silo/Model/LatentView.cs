using System.Collections.Immutable;

namespace DagmmStream.Silo.Model;

/// <summary>Two dimensions of a member's latent space: the components as ellipses, recent events as points.</summary>
public sealed record LatentView
{
    /// <summary>Version of the snapshot; 0 while warming up, and everything else is then empty.</summary>
    public required long Version { get; init; }

    /// <summary>The member that is shown.</summary>
    public required int Member { get; init; }

    /// <summary>Members of the model.</summary>
    public required int Members { get; init; }

    /// <summary>Names of all dimensions of z: <c>latent 1</c> and so on, then the reconstruction features.</summary>
    public required ImmutableArray<string> Axes { get; init; }

    /// <summary>The dimension drawn to the right.</summary>
    public required int X { get; init; }

    /// <summary>The dimension drawn upwards.</summary>
    public required int Y { get; init; }

    /// <summary>The components of the mixture.</summary>
    public required ImmutableArray<ComponentView> Components { get; init; }

    /// <summary>Offsets of the newest events, oldest first.</summary>
    public required ImmutableArray<long> Offset { get; init; }

    /// <summary>Verdicts that these events got.</summary>
    public required ImmutableArray<Verdict> Verdict { get; init; }

    /// <summary>Their places to the right, in units of the window's deviation; null where the network overflowed.</summary>
    public required ImmutableArray<double> PointX { get; init; }

    /// <summary>Their places upwards.</summary>
    public required ImmutableArray<double> PointY { get; init; }

    internal static LatentView Of(LatentSpace space, int x, int y) => new()
    {
        Version = space.Version,
        Member = space.Member,
        Members = space.Members,
        Axes = [.. Enumerable.Range(0, space.Dimension).Select(axis => NameOf(axis - space.Latent, axis))],
        X = x,
        Y = y,
        Components = [.. Enumerable.Range(0, space.Shares.Length).Select(k => ComponentView.Of(space, k, x, y))],
        Offset = space.Offsets,
        Verdict = space.Verdicts,
        PointX = Column(space, x),
        PointY = Column(space, y),
    };

    private static ImmutableArray<double> Column(LatentSpace space, int axis) =>
        [.. Enumerable.Range(0, space.Offsets.Length).Select(i => (double)space.Codes[(i * space.Dimension) + axis])];

    private static string NameOf(int reconstruction, int axis) => reconstruction switch
    {
        < 0 => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"latent {axis + 1}"),
        0 => "reconstruction distance",
        1 => "reconstruction angle",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"reconstruction feature {reconstruction + 1}"),
    };
}
