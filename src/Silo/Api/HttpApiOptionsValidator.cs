using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Api;

/// <summary>Checks <see cref="HttpApiOptions"/> at start; every message names option and value.</summary>
internal sealed class HttpApiOptionsValidator : IValidateOptions<HttpApiOptions>
{
    public ValidateOptionsResult Validate(string? name, HttpApiOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        var failures = results.Select(result => $"{HttpApiOptions.Section}: {result.ErrorMessage}").ToList();
        Positive(failures, nameof(options.LiveInterval), options.LiveInterval);
        Positive(failures, nameof(options.LiveKeepAlive), options.LiveKeepAlive);
        if (options.IngestPatience < TimeSpan.Zero)
            failures.Add($"{HttpApiOptions.Section}:{nameof(options.IngestPatience)} = {options.IngestPatience}: must not be negative");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Positive(List<string> failures, string option, TimeSpan value)
    {
        if (value <= TimeSpan.Zero) failures.Add($"{HttpApiOptions.Section}:{option} = {value}: use a positive time");
    }
}
