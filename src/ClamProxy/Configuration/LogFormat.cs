namespace ClamProxy.Configuration;

/// <summary>How log lines look.</summary>
public enum LogFormat
{
    /// <summary>One line of text for each entry, for people.</summary>
    Text = 0,

    /// <summary>One JSON object for each entry, for log collectors.</summary>
    Json,
}
