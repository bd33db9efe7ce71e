using DagmmStream.Bench.Fuzz;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace DagmmStream.Grains.Tests.Partitions;

/// <summary>The short form of bench/Fuzz: a batch that no client sends is refused with a reason; what is taken is journaled.</summary>
public class BatchFuzzTests
{
    private const int Inputs = 3000;

    [Property(MaxTest = Inputs)]
    public Property Read_HostileBatch_EndsWithoutAnotherException() => Prop.ForAll(HostileBatches.Any, batch =>
    {
        foreach (var definition in FuzzedStreams.All) BatchDecoder.Read(batch, definition);
    });

    [Property(MaxTest = Inputs)]
    public Property Read_RightBatch_IsJournaledAsItWas() =>
        Prop.ForAll(Arb.From(HostileBatches.Right), batch => BatchDecoder.ReadRight(batch).Events == batch.Count);
}
