namespace ClamProxy.Core.Names;

/// <summary>One client's names: those that wait for a thread, in order of arrival, and how many have one.</summary>
internal sealed class ClientNames(string client)
{
    public string Client => client;

    public LinkedList<NameQuery> Waiting { get; } = [];

    public int Running { get; set; }

    public bool IsEmpty => Waiting.Count == 0 && Running == 0;
}
