using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Options;

namespace DagmmStream.Client;

/// <summary>Names every option that is out of range, with its value.</summary>
internal sealed class DagmmStreamClientOptionsValidator : IValidateOptions<DagmmStreamClientOptions>
{
    private const int MaxProducerIdLength = 128;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DagmmStreamClientOptions options)
    {
        var failures = Failures(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Throws when an option is out of range.</summary>
    /// <param name="options">The options.</param>
    /// <exception cref="OptionsValidationException">Names option and value.</exception>
    public static void ThrowIfInvalid(DagmmStreamClientOptions options)
    {
        var failures = Failures(options).ToList();
        if (failures.Count > 0) throw new OptionsValidationException(Options.DefaultName, typeof(DagmmStreamClientOptions), failures);
    }

    private static IEnumerable<string> Failures(DagmmStreamClientOptions options)
    {
        foreach (var property in typeof(DagmmStreamClientOptions).GetProperties())
        {
            var value = property.GetValue(options);
            foreach (var rule in property.GetCustomAttributes(inherit: false).OfType<ValidationAttribute>())
                if (!rule.IsValid(value)) yield return $"{property.Name} = {value ?? "null"}: {rule.FormatErrorMessage(property.Name)}";
        }

        var day = TimeSpan.FromDays(1);
        var hour = TimeSpan.FromHours(1);
        var second = TimeSpan.FromSeconds(1);
        var tick = TimeSpan.FromTicks(1);
        (string Name, TimeSpan Value, TimeSpan Least, TimeSpan Most)[] times =
        [
            (nameof(options.Linger), options.Linger, TimeSpan.Zero, TimeSpan.FromSeconds(10)),
            (nameof(options.DeliveryTimeout), options.DeliveryTimeout, tick, day),
            (nameof(options.CallTimeout), options.CallTimeout, tick, day),
            (nameof(options.MaxRetryDelay), options.MaxRetryDelay, tick, hour),
            (nameof(options.RetryDelay), options.RetryDelay, TimeSpan.Zero, options.MaxRetryDelay),
            (nameof(options.ResponseTimeout), options.ResponseTimeout, second, hour),
            (nameof(options.ConnectTimeout), options.ConnectTimeout, tick, hour),
            (nameof(options.GatewayListRefreshPeriod), options.GatewayListRefreshPeriod, second, hour),
        ];
        foreach (var (name, value, least, most) in times)
            if (value < least || value > most)
                yield return string.Create(CultureInfo.InvariantCulture, $"{name} = {value}: use a time from {least} to {most}");
        if (options.HttpAddress is { } address && (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https")))
            yield return $"HttpAddress = {address}: use an absolute address that begins with http:// or https://";
        if (!Enum.IsDefined(options.QueueFullMode)) yield return $"QueueFullMode = {options.QueueFullMode}: use Wait or Fail";
        if (options.ProducerId is { } id && (string.IsNullOrWhiteSpace(id) || id.Length > MaxProducerIdLength))
            yield return $"ProducerId = \"{id}\" ({id.Length} characters): use 1 to {MaxProducerIdLength} characters, "
                + "or null for a fresh one";
    }
}
