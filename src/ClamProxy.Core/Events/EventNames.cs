namespace ClamProxy.Core.Events;

/// <summary>The one table of the names that kinds of events have outside the process.</summary>
internal static class EventNames
{
    /// <summary>The <c>type</c> of the CloudEvent.</summary>
    public static string Type(this EventKind kind) => kind switch
    {
        EventKind.Refused => "io.clamproxy.file.refused",
        EventKind.DetectedLate => "io.clamproxy.file.detected-late",
        EventKind.Test => "io.clamproxy.test",
    };

    /// <summary>As settings and metrics have it.</summary>
    public static string Name(this EventKind kind) => kind switch
    {
        EventKind.Refused => "refused",
        EventKind.DetectedLate => "detected-late",
        EventKind.Test => "test",
    };

    public static EventKind Parse(string name) => Enum.GetValues<EventKind>().First(kind => kind.Name() == name);
}
