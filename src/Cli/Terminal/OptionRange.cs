using System.CommandLine;

namespace DagmmStream.Cli.Terminal;

/// <summary>Ranges of numeric options.</summary>
internal static class OptionRange
{
    /// <summary>
    /// Reports a value that is out of range, with the value and what to use; a value that was not given is left to its default.
    /// </summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="option">The option.</param>
    /// <param name="isValid">True if the value may be used.</param>
    /// <param name="advice">What to use.</param>
    public static void Require<T>(this Option<T> option, Predicate<T> isValid, string advice) => option.Validators.Add(result =>
    {
        if (result.Implicit || result.Tokens.Count == 0) return;
        var value = result.GetValueOrDefault<T>();
        if (!isValid(value)) result.AddError($"{option.Name} {result.Tokens[0].Value}: {advice}");
    });
}
