using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Modeling.Fitting;

/// <summary>Weights of a small network with Adam's moments (Kingma and Ba 2015; .9, .999, 1e-8).</summary>
internal sealed class FitAdam(int length)
{
    private const float FirstDecay = 0.9f;
    private const float SecondDecay = 0.999f;
    private const float Epsilon = 1e-8f;
    private readonly float[] _first = new float[length];
    private readonly float[] _second = new float[length];
    private int _step;

    public float[] Weights { get; } = new float[length];

    public float[] Gradient { get; } = new float[length];

    /// <summary>Glorot uniform weights of one layer [inputs, outputs], times a factor.</summary>
    public static void Glorot(Span<float> weights, int inputs, int outputs, float factor, ref CounterRandom random)
    {
        var limit = Math.Sqrt(6.0 / (inputs + outputs));
        for (var i = 0; i < weights.Length; i++) weights[i] = (float)(limit * ((2 * random.NextDouble()) - 1) * factor);
    }

    /// <summary>One step along <see cref="Gradient"/>, which is scaled down to at most the given norm.</summary>
    /// <returns>False, and nothing is changed, if the gradient is not finite.</returns>
    public bool Step(double rate, double clip)
    {
        var norm = 0.0;
        foreach (var value in Gradient) norm += (double)value * value;
        norm = Math.Sqrt(norm);
        if (!double.IsFinite(norm)) return false;
        _step++;
        var scale = (float)(norm > clip ? clip / norm : 1);
        var size = (float)(rate / (1 - Math.Pow(FirstDecay, _step)));
        var correction = (float)(1 / (1 - Math.Pow(SecondDecay, _step)));
        for (var i = 0; i < Weights.Length; i++)
        {
            var gradient = scale * Gradient[i];
            _first[i] = (FirstDecay * _first[i]) + ((1 - FirstDecay) * gradient);
            _second[i] = (SecondDecay * _second[i]) + ((1 - SecondDecay) * gradient * gradient);
            Weights[i] -= size * _first[i] / (MathF.Sqrt(_second[i] * correction) + Epsilon);
        }

        return true;
    }
}
