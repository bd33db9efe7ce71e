using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Alerts;

/// <summary>Stops the start when a setting of alerts is out of range, naming it and its value.</summary>
internal sealed class AlertOptionsValidator : IValidateOptions<AlertOptions>
{
    public ValidateOptionsResult Validate(string? name, AlertOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        if (options.PublicUrl is { } address && (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https")))
            failures.Add($"Alerts:PublicUrl = {address}: use an absolute http or https address");
        Positive(nameof(AlertOptions.AttemptTimeout), options.AttemptTimeout);
        Positive(nameof(AlertOptions.PollInterval), options.PollInterval);
        Positive(nameof(AlertOptions.SilenceInterval), options.SilenceInterval);
        foreach (var wait in options.RetrySchedule) Positive(nameof(AlertOptions.RetrySchedule), wait);
        if (options.QuickRetries is < 0 or > 10) failures.Add($"Alerts:QuickRetries = {options.QuickRetries}: use 0 to 10");
        if (options.MaxParallel is < 1 or > 256) failures.Add($"Alerts:MaxParallel = {options.MaxParallel}: use 1 to 256");
        if (options.AllowedHosts.FirstOrDefault(string.IsNullOrWhiteSpace) is not null)
            failures.Add("Alerts:AllowedHosts has an empty name: leave it out");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Positive(string option, TimeSpan value)
        {
            if (value <= TimeSpan.Zero) failures.Add($"Alerts:{option} = {value}: use a positive time");
        }
    }
}
