using System.Text;
using ClamProxy.Core.Buckets.Events;
using ClamProxy.Core.Buckets.Kafka;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClamProxy.Process.Tests.Buckets.Sources;

/// <summary>A topic of Kafka.</summary>
public sealed class KafkaSourceTests : DeadLetterConformance, IClassFixture<KafkaFixture>
{
    private readonly KafkaFixture _kafka;
    private readonly string _topic = $"events-{Guid.NewGuid():N}";

    public KafkaSourceTests(KafkaFixture kafka)
    {
        _kafka = kafka;
        kafka.Cluster.AddTopic(_topic, 1);
        kafka.Cluster.AddTopic($"{_topic}.dead", 1);
    }

    [Fact]
    public async Task ProcessThatLeaves_OthersDoWhatItHadAndNothingThatWasDone()
    {
        var one = Open();
        await SendAsync("done");
        await one.CompleteAsync(await TakeAsync(one), Cancelled);
        await SendAsync("not done");
        await TakeAsync(one);
        await one.DisposeAsync();

        await using var other = Open();

        Assert.Equal("not done", Text(await TakeAsync(other)));
    }

    private protected override IEventSource Open()
    {
        var topic = new KafkaOptions().For(_topic, $"group-{_topic}", EventReader.MostBytes);

        // Its LeaseTime is the group's session time: what a member that left had goes to the others after that at the latest.
        var limits = new JobOptions { QueueTimeout = TimeSpan.FromSeconds(30), LeaseTime = TimeSpan.FromSeconds(10) };
        var clients = new KafkaClients(_kafka.Cluster.Servers, topic, limits, NullLogger<KafkaClients>.Instance);
        return new KafkaEvents(clients, topic, HeldFor, TimeProvider.System, NullLogger<KafkaIntake>.Instance);
    }

    private protected override Task SendAsync(string body) => _kafka.SendAsync(_topic, body);

    private protected override async Task<(string Body, string Reason)> DeadAsync()
    {
        var dead = await _kafka.FirstAsync($"{_topic}.dead");
        return (Encoding.UTF8.GetString(dead.Value), Encoding.UTF8.GetString(dead.Headers.GetLastBytes(KafkaHeaders.Reason)));
    }
}
