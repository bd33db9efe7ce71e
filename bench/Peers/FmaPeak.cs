using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DagmmStream.Bench.Kernels;

namespace DagmmStream.Bench.Peers;

/// <summary>The most multiply-adds the core can do: twelve independent chains in registers.</summary>
internal static class FmaPeak
{
    private const int Rounds = 200_000;
    private const int Chains = 12;

    /// <summary>Operations per microsecond, a multiply-add counting as two.</summary>
    public static double Measure()
    {
        Run();
        var start = Timing.ThreadMicroseconds();
        Run();
        return 2.0 * Chains * Vector512<float>.Count * Rounds / (Timing.ThreadMicroseconds() - start);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Run()
    {
        var (x, y) = (Vector512.Create(0.999999f), Vector512.Create(1e-7f));
        Vector512<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (var round = 0; round < Rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y);
            l = Vector512.FusedMultiplyAdd(l, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + (g + h + i + j + k + l));
    }
}
