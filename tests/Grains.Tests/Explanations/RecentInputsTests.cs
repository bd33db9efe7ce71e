using System.Runtime.InteropServices;
using DagmmStream.Grains.Explanations;

namespace DagmmStream.Grains.Tests.Explanations;

public class RecentInputsTests
{
    [Fact]
    public void TryGet_MoreThanTheCapacity_KeepsTheNewest()
    {
        var recent = new RecentInputs(2, () => 100);
        for (var first = 0; first < 1000; first += 30) recent.Add(first, 30, Rows(first, 30));
        for (var offset = 1020 - 100; offset < 1020; offset++)
        {
            Assert.True(recent.TryGet(offset, out var row));
            Assert.Equal([offset, -offset], row.ToArray());
        }

        Assert.InRange(recent.FirstOffset, 1020 - 130, 1020 - 100);
        Assert.False(recent.TryGet(recent.FirstOffset - 1, out _));
        Assert.False(recent.TryGet(1020, out _));
    }

    [Fact]
    public void Add_AfterAGap_ForgetsWhatWasBefore()
    {
        var recent = new RecentInputs(2, () => 100);
        recent.Add(0, 10, Rows(0, 10));
        recent.Add(20, 10, Rows(20, 10));
        Assert.False(recent.TryGet(5, out _));
        Assert.False(recent.TryGet(15, out _));
        Assert.True(recent.TryGet(25, out _));
    }

    private static byte[] Rows(int first, int count) => MemoryMarshal.AsBytes<float>(
        Enumerable.Range(first, count).SelectMany(i => new float[] { i, -i }).ToArray()).ToArray();
}
