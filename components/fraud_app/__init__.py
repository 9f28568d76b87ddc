"""The transactions app on EKS: cluster, image, pods, load balancer."""
