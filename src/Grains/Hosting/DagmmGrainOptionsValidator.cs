using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace DagmmStream.Grains.Hosting;

/// <summary>Checks <see cref="DagmmGrainOptions"/> at start; every message names option and value.</summary>
internal sealed class DagmmGrainOptionsValidator : IValidateOptions<DagmmGrainOptions>
{
    public ValidateOptionsResult Validate(string? name, DagmmGrainOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        var failures = results.Select(result => Failure(options, result)).ToList();
        if (options.RetryAfter <= TimeSpan.Zero) failures.Add($"Grains:RetryAfter = {options.RetryAfter}: use a positive time");
        if (options.DrainRetryAfter <= TimeSpan.Zero)
            failures.Add($"Grains:DrainRetryAfter = {options.DrainRetryAfter}: use a positive time");
        if (options.RetentionInterval <= TimeSpan.Zero)
            failures.Add($"Grains:RetentionInterval = {options.RetentionInterval}: use a positive time");
        if (options.RoundInterval < TimeSpan.FromMilliseconds(10) || options.RoundInterval > TimeSpan.FromHours(1))
            failures.Add($"Grains:RoundInterval = {options.RoundInterval}: use 10 ms to 1 h");
        if (options.RoundDeadline < TimeSpan.FromMilliseconds(100) || options.RoundDeadline > TimeSpan.FromMinutes(1))
            failures.Add($"Grains:RoundDeadline = {options.RoundDeadline}: use 0.1 s to 1 min");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string Failure(DagmmGrainOptions options, ValidationResult result)
    {
        var member = result.MemberNames.First();
        return $"Grains:{member} = {typeof(DagmmGrainOptions).GetProperty(member)?.GetValue(options)}: {result.ErrorMessage}";
    }
}
