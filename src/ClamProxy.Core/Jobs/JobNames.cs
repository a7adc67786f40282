namespace ClamProxy.Core.Jobs;

/// <summary>The one table of the names that priorities and statuses have outside the process. Clients know them.</summary>
public static class JobNames
{
    public static string Name(this JobPriority priority) => priority switch
    {
        JobPriority.Normal => "normal",
        JobPriority.High => "high",
    };

    public static string Name(this JobStatus status) => status switch
    {
        JobStatus.Pending => "PENDING",
        JobStatus.Clean => "CLEAN",
        JobStatus.Infected => "INFECTED",
        JobStatus.Unscannable => "UNSCANNABLE",
        JobStatus.Error => "ERROR",
    };

    /// <returns>Null: there is no such priority. No name is normal.</returns>
    public static JobPriority? ToPriority(string? name) =>
        string.IsNullOrEmpty(name) ? JobPriority.Normal : Find(Enum.GetValues<JobPriority>(), priority => priority.Name(), name);

    /// <returns>Null: there is no such status.</returns>
    public static JobStatus? ToStatus(string name) => Find(Enum.GetValues<JobStatus>(), status => status.Name(), name);

    private static T? Find<T>(T[] values, Func<T, string> nameOf, string name)
        where T : struct
    {
        foreach (var value in values)
        {
            if (nameOf(value).Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }
}
