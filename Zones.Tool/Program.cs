using Zones.Tool.Cli;

StandardDescriptors.OpenMissing(args);
return await CommandLine.RunAsync(args);
