using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Grains.Training;

/// <summary>
/// Chooses the training engine of a stream; engines are registered in the order in which <see cref="EnginePreference.Auto"/> tries them.
/// </summary>
/// <param name="engines">All engines of the process.</param>
public sealed class EngineSelector(IEnumerable<ITrainingEngine> engines)
{
    private readonly ITrainingEngine[] _engines = [.. engines];

    /// <summary>Finds the engine for a model.</summary>
    /// <param name="preference">What the stream asks for.</param>
    /// <param name="spec">The model.</param>
    /// <returns>The engine.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.EngineUnavailable"/> when no such engine supports the model.</exception>
    public ITrainingEngine Select(EnginePreference preference, ModelSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        foreach (var engine in _engines)
        {
            var wanted = preference == EnginePreference.Auto
                || engine.Name.Equals(preference.ToString(), StringComparison.OrdinalIgnoreCase);
            if (wanted && engine.Supports(spec)) return engine;
        }

        throw new DagmmStreamException(
            ErrorCode.EngineUnavailable,
            $"no engine \"{preference}\" supports this model; this silo has: {string.Join(", ", _engines.Select(engine => engine.Name))}");
    }
}
