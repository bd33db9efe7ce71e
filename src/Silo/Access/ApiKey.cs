using System.Collections.Immutable;

namespace DagmmStream.Silo.Access;

/// <summary>An API key as it is stored: nothing in it lets a reader of the file in.</summary>
public sealed record ApiKey
{
    /// <summary>Public part of the key; stands in logs.</summary>
    public required string Id { get; init; }

    /// <summary>What the key is for, as its owner named it.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the whole key, hexadecimal. A random key of 256 bits needs no slow hash.</summary>
    public required string Hash { get; init; }

    /// <summary>What the key may do.</summary>
    public required ImmutableArray<ApiScope> Scopes { get; init; }

    /// <summary>Only streams whose name begins with this; null for all.</summary>
    public string? StreamPrefix { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it ends; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>True while the key opens.</summary>
    /// <param name="now">The time.</param>
    /// <returns>False once it has expired.</returns>
    public bool IsActive(DateTimeOffset now) => Expires is not { } end || now < end;
}
