using System.Runtime.Intrinsics;

namespace DagmmStream.Modeling.Randomness;

/// <summary>Dropout masks as a pure function of (seed, step, member): equal in every engine and after every restart.</summary>
public static class DropoutMask
{
    private const int MemberShift = 8;

    /// <summary>
    /// Fills a mask with 1 (kept, with probability <paramref name="keep"/>) and 0 (dropped); scaling by 1/keep is the engine's.
    /// </summary>
    /// <param name="seed">Seed of the training state.</param>
    /// <param name="step">Number of the training step.</param>
    /// <param name="member">Member of the model.</param>
    /// <param name="keep">Probability to keep a unit, in (0, 1].</param>
    /// <param name="mask">Receives the mask [rows, width], row-major.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="keep"/> is outside (0, 1], or step or member is negative.</exception>
    public static void Fill(ulong seed, long step, int member, double keep, Span<float> mask)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keep);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keep, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegative(member);
        var random = new CounterRandom(seed, (uint)RandomPurpose.Dropout | ((uint)member << MemberShift), (ulong)step);
        var threshold = (ulong)(keep * (1UL << 32));
        if (threshold > uint.MaxValue)
        {
            mask.Fill(1);
            return;
        }

        Span<uint> words = stackalloc uint[Philox.BlocksLength];
        Span<float> drawn = stackalloc float[Philox.BlocksLength];
        var (limit, one) = (Vector512.Create((uint)threshold), Vector512.Create(1f).AsUInt32());
        while (mask.Length > 0)
        {
            random.Fill(words);
            // Without a branch: nobody can predict it.
            for (var i = 0; i < words.Length; i += Vector512<uint>.Count)
                (Vector512.LessThan(Vector512.Create<uint>(words[i..]), limit) & one).AsSingle().CopyTo(drawn[i..]);
            var count = Math.Min(mask.Length, words.Length);
            drawn[..count].CopyTo(mask);
            mask = mask[count..];
        }
    }
}
