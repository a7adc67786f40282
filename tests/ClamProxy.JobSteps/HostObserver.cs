using System.Diagnostics;
using ClamProxy.Core.Jobs;
using ClamProxy.Core.Objects;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace ClamProxy.JobSteps;

/// <summary>Puts a <see cref="StepProxy{T}"/> in front of queue, results and objects of the host that is being built.</summary>
internal sealed class HostObserver : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting")
        {
            value.Subscribe(this);
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value is { Key: "HostBuilding", Value: IHostBuilder host })
        {
            host.ConfigureServices(services =>
            {
                Wrap<IJobQueue>(services);
                Wrap<IResultStore>(services);
                Wrap<IObjectStore>(services);
                services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new LateClock(StepCaller.Late)));
            });
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private static void Wrap<T>(IServiceCollection services)
        where T : class
    {
        if (services.LastOrDefault(service => service.ServiceType == typeof(T)) is not { } service)
        {
            return;
        }

        services.Replace(ServiceDescriptor.Singleton(provider => StepProxy<T>.Around((T)(service.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, service.ImplementationType!)))));
    }
}
