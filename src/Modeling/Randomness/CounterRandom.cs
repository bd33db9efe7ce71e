namespace DagmmStream.Modeling.Randomness;

/// <summary>
/// Counter-based random numbers (Philox4x32-10; Salmon et al., SC 2011): what is drawn is a pure function of
/// (seed, purpose, index, how many were drawn before), so that nothing depends on threads or on how often a process restarted.
/// A mutable struct: pass it by reference. One key gives 2^34 words before it repeats.
/// </summary>
public struct CounterRandom
{
    private const int WordsPerBlock = 4;
    private readonly ulong _seed;
    private readonly uint _purpose;
    private readonly ulong _index;
    private uint _block;
    private int _left;
    private uint _w1;
    private uint _w2;
    private uint _w3;
    private double _spareGaussian;
    private bool _hasSpare;

    /// <summary>Begins the sequence of one key.</summary>
    /// <param name="seed">Seed of the stream.</param>
    /// <param name="purpose">What the numbers are for, see <see cref="RandomPurpose"/>; callers may mix in a member number in bits 8 to
    /// 31.</param>
    /// <param name="index">Step, offset or row.</param>
    public CounterRandom(ulong seed, uint purpose, ulong index)
    {
        _seed = seed;
        _purpose = purpose;
        _index = index;
    }

    /// <summary>Begins the sequence of one key.</summary>
    /// <param name="seed">Seed of the stream.</param>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="index">Step, offset or row.</param>
    public CounterRandom(ulong seed, RandomPurpose purpose, ulong index)
        : this(seed, (uint)purpose, index)
    {
    }

    /// <summary>32 random bits.</summary>
    /// <returns>The next word.</returns>
    public uint NextUInt32()
    {
        if (_left == 0)
        {
            (var first, _w1, _w2, _w3) = Philox.Block(
                _block, _purpose, (uint)_index, (uint)(_index >> 32), (uint)_seed, (uint)(_seed >> 32));
            _block = unchecked(_block + 1);
            _left = WordsPerBlock - 1;
            return first;
        }

        return _left-- switch { 3 => _w1, 2 => _w2, _ => _w3 };
    }

    /// <summary>The next words, many at a time.</summary>
    internal void Fill(Span<uint> words)
    {
        while (_left > 0 && words.Length > 0)
        {
            words[0] = NextUInt32();
            words = words[1..];
        }

        for (; words.Length >= Philox.BlocksLength; words = words[Philox.BlocksLength..])
        {
            Philox.Blocks(_block, _purpose, (uint)_index, (uint)(_index >> 32), (uint)_seed, (uint)(_seed >> 32), words);
            _block = unchecked(_block + (Philox.BlocksLength / WordsPerBlock));
        }

        foreach (ref var word in words) word = NextUInt32();
    }

    /// <summary>64 random bits: two words, the first in the low half.</summary>
    /// <returns>The next two words.</returns>
    public ulong NextUInt64()
    {
        ulong low = NextUInt32();
        return low | ((ulong)NextUInt32() << 32);
    }

    /// <summary>Uniform in [0, 1), 53 random bits.</summary>
    /// <returns>The number.</returns>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, 1), 24 random bits.</summary>
    /// <returns>The number.</returns>
    public float NextSingle() => (NextUInt32() >> 8) * (1.0f / (1U << 24));

    /// <summary>Uniform in 0 … bound - 1, without bias (Lemire, ACM TOMACS 2019: multiply and reject).</summary>
    /// <param name="bound">Exclusive upper bound, at least 1.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is below 1.</exception>
    public int NextInt32(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        var range = (uint)bound;
        var product = (ulong)NextUInt32() * range;
        if ((uint)product < range)
        {
            var threshold = unchecked(0u - range) % range;
            while ((uint)product < threshold) product = (ulong)NextUInt32() * range;
        }

        return (int)(product >> 32);
    }

    /// <summary>Standard normal (Box and Muller 1958); two numbers per four words.</summary>
    /// <returns>The number.</returns>
    public double NextGaussian()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spareGaussian;
        }

        // 1 - u is in (0, 1]: the logarithm is finite.
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        var (sine, cosine) = Math.SinCos(2 * Math.PI * NextDouble());
        _spareGaussian = radius * sine;
        _hasSpare = true;
        return radius * cosine;
    }
}
