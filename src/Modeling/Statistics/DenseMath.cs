using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DagmmStream.Modeling.Statistics;

/// <summary>The loops in which dense algebra spends its time, in the machine's vectors.</summary>
internal static class DenseMath
{
    /// <summary>Adds factor · source to target.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(Span<double> target, ReadOnlySpan<double> source, double factor)
    {
        source = source[..target.Length];
        var targets = MemoryMarshal.Cast<double, Vector<double>>(target);
        var sources = MemoryMarshal.Cast<double, Vector<double>>(source);
        var scale = new Vector<double>(factor);
        for (var i = 0; i < targets.Length; i++) targets[i] += scale * sources[i];
        for (var i = targets.Length * Vector<double>.Count; i < target.Length; i++) target[i] += factor * source[i];
    }

    /// <summary>Inner product of two vectors of one length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Dot<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where T : struct, IBinaryFloatingPointIeee754<T>
    {
        right = right[..left.Length];
        var lefts = MemoryMarshal.Cast<T, Vector<T>>(left);
        var rights = MemoryMarshal.Cast<T, Vector<T>>(right);
        var sums = Vector<T>.Zero;
        for (var i = 0; i < lefts.Length; i++) sums += lefts[i] * rights[i];
        var sum = Vector.Sum(sums);
        for (var i = lefts.Length * Vector<T>.Count; i < left.Length; i++) sum += left[i] * right[i];
        return sum;
    }

    /// <summary>Inner product of two float vectors of one length, summed in double: only its result is rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float DotWide(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        right = right[..left.Length];
        var lefts = MemoryMarshal.Cast<float, Vector<float>>(left);
        var rights = MemoryMarshal.Cast<float, Vector<float>>(right);
        var (lower, upper) = (Vector<double>.Zero, Vector<double>.Zero);
        for (var i = 0; i < lefts.Length; i++)
        {
            Vector.Widen(lefts[i], out var leftLower, out var leftUpper);
            Vector.Widen(rights[i], out var rightLower, out var rightUpper);
            lower += leftLower * rightLower;
            upper += leftUpper * rightUpper;
        }

        var sum = Vector.Sum(lower + upper);
        for (var i = lefts.Length * Vector<float>.Count; i < left.Length; i++) sum += (double)left[i] * right[i];
        return (float)sum;
    }
}
