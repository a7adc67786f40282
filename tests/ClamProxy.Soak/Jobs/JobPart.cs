namespace ClamProxy.Soak.Jobs;

/// <summary>A process that jobs need, which can fail.</summary>
internal enum JobPart
{
    Api,
    Worker,

    /// <summary>The server that holds the queue, where there is one.</summary>
    Queue,

    /// <summary>The server that holds the contents, where there is one.</summary>
    Objects,
}
