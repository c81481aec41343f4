using Zones.Rpcgen.Cli;

return RpcgenCommand.Run(args);
