using System.Collections.Immutable;

namespace DagmmStream.Silo.Model;

/// <summary>The versions of a partition's model that are kept, the newest first.</summary>
/// <param name="Current">Version of the snapshot that scores; 0 while warming up.</param>
/// <param name="Kept">The versions that are kept.</param>
public sealed record ModelVersions(long Current, ImmutableArray<KeptModel> Kept);
