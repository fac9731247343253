"""Classification of new statements with one trained model folder, without anything that training needs."""
