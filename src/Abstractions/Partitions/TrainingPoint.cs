using System.Collections.Immutable;

namespace DagmmStream;

/// <summary>One training step of a partition, as it stood after a chunk of events was learned; terms are means over the members.</summary>
/// <param name="Offset">Events below this offset were learned, rejected or left out by then.</param>
/// <param name="Step">Number of the step since the stream began.</param>
/// <param name="Objective">J of Zong et al. 2018, equation 7.</param>
/// <param name="Reconstruction">Mean reconstruction loss.</param>
/// <param name="Energy">Mean sample energy of the minibatch.</param>
/// <param name="Penalty">Sum of the inverse variances.</param>
/// <param name="SnapshotVersion">Version of the snapshot that scored afterwards; 0 while warming up.</param>
/// <param name="Shares">Component shares phi [M K] of that snapshot, member by member; empty while warming up.</param>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.training-point")]
public readonly record struct TrainingPoint(
    [property: Id(0)] long Offset, [property: Id(1)] long Step, [property: Id(2)] double Objective,
    [property: Id(3)] double Reconstruction, [property: Id(4)] double Energy, [property: Id(5)] double Penalty,
    [property: Id(6)] long SnapshotVersion, [property: Id(7)] ImmutableArray<float> Shares);
