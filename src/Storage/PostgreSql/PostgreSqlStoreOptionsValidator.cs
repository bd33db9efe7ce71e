using Microsoft.Extensions.Options;
using Npgsql;

namespace DagmmStream.Storage.PostgreSql;

/// <summary>Names every option that is out of range, with its value; a password is never among them.</summary>
public sealed class PostgreSqlStoreOptionsValidator : IValidateOptions<PostgreSqlStoreOptions>
{
    private const int MaxCapacity = 1 << 20;
    private const int MaxGroupLimit = 1 << 16;
    private const int MostConnections = 10_000;
    private static readonly TimeSpan LongestRetry = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, PostgreSqlStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        const string section = PostgreSqlStoreOptions.SectionName;
        var errors = new List<string>();
        if (ConnectionStringError(options.ConnectionString) is { } error) errors.Add($"{section}:ConnectionString: {error}");
        if (options.QueueCapacity is < 1 or > MaxCapacity)
            errors.Add($"{section}:QueueCapacity = {options.QueueCapacity}: use 1 to {MaxCapacity} batches");
        if (options.MaxGroup is < 1 or > MaxGroupLimit)
            errors.Add($"{section}:MaxGroup = {options.MaxGroup}: use 1 to {MaxGroupLimit} batches");
        if (options.RetryFor < TimeSpan.Zero || options.RetryFor > LongestRetry)
            errors.Add($"{section}:RetryFor = {options.RetryFor}: use 00:00:00 to 1.00:00:00");
        if (options.MaxConnections is < 1 or > MostConnections)
            errors.Add($"{section}:MaxConnections = {options.MaxConnections}: use 1 to {MostConnections}");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static string? ConnectionStringError(string text)
    {
        const string example = "write \"Host=db;Database=dagmm;Username=dagmm;Password=…\"";
        if (string.IsNullOrWhiteSpace(text)) return $"is empty; {example}";
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(text);
            return string.IsNullOrWhiteSpace(parts.Host) ? $"names no host; {example}"
                : string.IsNullOrWhiteSpace(parts.Database) ? $"names no database; {example}" : null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return $"{exception.Message}; {example}";
        }
    }
}
